import type { LocalMedia } from "./api.ts";

type Screen = LocalMedia["screen"];

/** A shared screen, window or tab, with its audio if the browser offers it. */
export class ScreenCapture {
  readonly #changed: (screen: Screen, audio: MediaStreamTrack | undefined) => void;
  #video: MediaStreamTrack | undefined;
  #audio: MediaStreamTrack | undefined;
  #isStarting = false;
  #hasFailed = false;
  /** Counts requests: a result of the picker after the sharing was stopped or has ended is discarded. */
  #request = 0;

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
    return { state, hasFailed: this.#hasFailed, track: this.#video };
  }

  /** Opens the browser's picker; resolves when sharing has started or was cancelled, never rejects. */
  async start(): Promise<void> {
    if (!isSupported() || this.#isStarting || this.#video !== undefined) return;
    const request = ++this.#request;
    this.#isStarting = true;
    this.#hasFailed = false;
    this.#send();
    try {
      const stream = await navigator.mediaDevices.getDisplayMedia({
        video: { frameRate: { ideal: 15, max: 30 } },
        // Unprocessed: speech filters take music for noise.
        audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
      });
      if (request !== this.#request) return stream.getTracks().forEach((track) => track.stop());
      this.#take(stream);
    } catch (cause) {
      console.info("screen not shared", cause);
      if (request !== this.#request) return;
      // Cancelling the picker rejects like a denial does: either way there is nothing to share.
      this.#hasFailed = !(cause instanceof DOMException && cause.name === "NotAllowedError");
    }
    this.#isStarting = false;
    this.#send();
  }

  /** Ends the sharing, or cancels it while the picker is open. */
  stop(): void {
    this.#request++;
    this.#isStarting = false;
    this.#video?.stop();
    this.#audio?.stop();
    this.#video = this.#audio = undefined;
    this.#send();
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

  #send(): void {
    this.#changed(this.state, this.#audio);
  }
}

function isSupported(): boolean {
  return navigator.mediaDevices?.getDisplayMedia !== undefined;
}
