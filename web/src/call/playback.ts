import type { TrackId } from "@tafelrunde/protocol";
import { playTrack } from "./playing.ts";

interface Sound {
  readonly element: HTMLAudioElement;
  end(): void;
}

/**
 * Plays everyone's sound: one hidden <audio> per track. A person's sound and picture stay in step because the node gives
 * both the same stream id, which the browser syncs wherever they are played.
 */
export class Playback {
  readonly #sounds = new Map<TrackId, Sound>();
  readonly #refused: () => void;
  #speakerId = "";

  /** `refused` is told when what was chosen as loudspeaker cannot be used: the system's is. */
  constructor(refused: () => void) {
    this.#refused = refused;
  }

  play(trackId: TrackId, track: MediaStreamTrack): void {
    this.stop(trackId);
    const element = document.createElement("audio");
    element.hidden = true;
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

  /** Plays through another loudspeaker, "" the system's, where the browser can. */
  setSpeaker(speakerId: string): void {
    this.#speakerId = speakerId;
    for (const { element } of this.#sounds.values()) this.#route(element);
  }

  close(): void {
    for (const trackId of [...this.#sounds.keys()]) this.stop(trackId);
  }

  #route(element: HTMLAudioElement): void {
    if (this.#speakerId === "" && element.sinkId === "" || element.setSinkId === undefined) return;
    const speakerId = this.#speakerId;
    element.setSinkId(speakerId).catch((cause) => {
      // AbortError: another was chosen meanwhile.
      console.warn("loudspeaker", cause);
      if (speakerId !== "" && speakerId === this.#speakerId) this.#refused();
    });
  }
}
