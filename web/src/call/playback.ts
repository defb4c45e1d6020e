import type { TrackId } from "@tafelrunde/protocol";
import { playTrack } from "./playing.ts";

interface Sound {
  readonly element: HTMLAudioElement;
  end(): void;
}

/**
 * Plays everyone's audio: one hidden <audio> per track. A person's audio and video stay in sync because the
 * node gives both the same stream id, which the browser syncs wherever they are played.
 */
export class Playback {
  readonly #sounds = new Map<TrackId, Sound>();
  readonly #refused: () => void;
  #speakerId = "";
  #isSilent = false;

  /** `refused` is called when the chosen speaker cannot be used: the system's is used instead. */
  constructor(refused: () => void) {
    this.#refused = refused;
  }

  play(trackId: TrackId, track: MediaStreamTrack): void {
    this.stop(trackId);
    const element = document.createElement("audio");
    element.hidden = true;
    element.muted = this.#isSilent;
    document.body.append(element);
    this.#sounds.set(trackId, { element, end: playTrack(element, track) });
    this.#route(element);
  }

  stop(trackId: TrackId): void {
    const sound = this.#sounds.get(trackId);
    if (sound === undefined) return;
    this.#sounds.delete(trackId);
    sound.end();
    sound.element.remove();
  }

  /** Plays through another speaker, "": the system's, if the browser supports it. */
  setSpeaker(speakerId: string): void {
    this.#speakerId = speakerId;
    for (const { element } of this.#sounds.values()) this.#route(element);
  }

  /** Plays everything without sound, or with it again. */
  setSilent(isSilent: boolean): void {
    this.#isSilent = isSilent;
    for (const { element } of this.#sounds.values()) element.muted = isSilent;
  }

  close(): void {
    for (const trackId of [...this.#sounds.keys()]) this.stop(trackId);
  }

  #route(element: HTMLAudioElement): void {
    if (this.#speakerId === "" && element.sinkId === "" || element.setSinkId === undefined) return;
    const speakerId = this.#speakerId;
    element.setSinkId(speakerId).catch((cause) => {
      // AbortError: another speaker was chosen in the meantime.
      console.warn("loudspeaker", cause);
      if (speakerId !== "" && speakerId === this.#speakerId) this.#refused();
    });
  }
}
