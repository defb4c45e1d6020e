import type { LocalMedia } from "./api.ts";

type Screen = LocalMedia["screen"];

/** A shared screen, window or tab, with its sound where the browser offers it. */
export class ScreenCapture {
  readonly #changed: (screen: Screen, audio: MediaStreamTrack | undefined) => void;
  #video: MediaStreamTrack | undefined;
  #audio: MediaStreamTrack | undefined;
  #isStarting = false;

  constructor(changed: (screen: Screen, audio: MediaStreamTrack | undefined) => void) {
    this.#changed = changed;
  }

  /** What is shared now. */
  get state(): Screen {
    const state = this.#isStarting
      ? "starting"
      : this.#video !== undefined
      ? "on"
      : isSupported()
      ? "off"
      : "unsupported";
    return { state, track: this.#video };
  }

  /** Opens the browser's picker; resolves when sharing runs or was cancelled, never rejects. */
  async start(): Promise<void> {
    if (!isSupported() || this.#isStarting || this.#video !== undefined) return;
    this.#isStarting = true;
    this.#tell();
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({
        video: { frameRate: { ideal: 15, max: 30 } },
        audio: true,
      });
      this.#take(stream);
    } catch (cause) {
      // Cancelling the picker rejects like a refusal does: either way there is nothing to share.
      console.info("screen not shared", cause);
    }
    this.#isStarting = false;
    this.#tell();
  }

  stop(): void {
    this.#video?.stop();
    this.#audio?.stop();
    this.#video = this.#audio = undefined;
    this.#tell();
  }

  #take(stream: MediaStream): void {
    const [video] = stream.getVideoTracks();
    if (video === undefined) return;
    video.contentHint = "detail";
    // The browser's own "Stop sharing" ends the track.
    video.addEventListener("ended", () => {
      if (video === this.#video) this.stop();
    }, { once: true });
    this.#video = video;
    this.#audio = stream.getAudioTracks()[0];
  }

  #tell(): void {
    this.#changed(this.state, this.#audio);
  }
}

function isSupported(): boolean {
  return navigator.mediaDevices?.getDisplayMedia !== undefined;
}
