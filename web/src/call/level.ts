import { onGesture } from "./gesture.ts";
import { after, every } from "./timer.ts";

/** How often loudness is measured, ms: about 15 times a second. */
const MEASURE_INTERVAL_MS = 66;

/**
 * Loudness that counts as speech, 0 to 1 (see `loudness`): -40 dBFS, above a fan and below a quiet voice at
 * arm's length.
 */
export const SPEECH_LEVEL = 0.33;

/** Measurements of speech in a row before it counts: 0.3 s, longer than a key press. */
const SPEECH_MEASUREMENTS = 5;

/** How long the "you are muted" notice stays after the last speech, ms. */
const SPEECH_HOLD_MS = 2_000;

/**
 * No output: no speaker is opened, where the browser supports that (Chromium), and audio is processed in
 * larger pieces, which saves half of the processor time of measuring.
 */
const SILENT: AudioContextOptions & { readonly sinkId: { readonly type: "none" } } = {
  latencyHint: "playback",
  sinkId: { type: "none" },
};

/**
 * Loudness of samples in -1 to 1, on a scale from 0 (-60 dBFS or less) to 1 (0 dBFS). Logarithmic, as
 * loudness is perceived.
 */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const dbfs = 10 * Math.log10(sum / samples.length || 1e-12);
  return Math.min(1, Math.max(0, 1 + dbfs / 60));
}

export interface LevelListener {
  level(level: number): void;
  speaking(speaking: boolean): void;
}

/**
 * Measures the microphone on a clone of its track, so that it also hears what a muted track does not send.
 */
export class LevelMeter {
  readonly #listener: LevelListener;
  #context: AudioContext | undefined;
  #life: AbortController | undefined;

  constructor(listener: LevelListener) {
    this.#listener = listener;
  }

  /** Measures `track` from now on; undefined: nothing. */
  measure(track: MediaStreamTrack | undefined): void {
    this.#life?.abort();
    this.#life = undefined;
    this.#listener.level(0);
    this.#listener.speaking(false);
    if (track === undefined) return;
    this.#life = new AbortController();
    this.#run(track.clone(), this.#life.signal);
  }

  close(): void {
    this.measure(undefined);
    this.#context?.close().catch((cause) => console.warn("audio context", cause));
    this.#context = undefined;
  }

  #run(track: MediaStreamTrack, signal: AbortSignal): void {
    track.enabled = true;
    const context = this.#context ??= new AudioContext(SILENT);
    resumeOnGesture(context, signal);
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let spoken = 0;
    let hold = new AbortController();
    every(MEASURE_INTERVAL_MS, () => {
      analyser.getFloatTimeDomainData(samples);
      const level = loudness(samples);
      this.#listener.level(level);
      spoken = level >= SPEECH_LEVEL ? spoken + 1 : 0;
      if (spoken < SPEECH_MEASUREMENTS) return;
      this.#listener.speaking(true);
      hold.abort();
      hold = new AbortController();
      after(SPEECH_HOLD_MS, () => this.#listener.speaking(false), hold.signal);
    }, signal);
    signal.addEventListener("abort", () => {
      hold.abort();
      source.disconnect();
      track.stop();
    }, { once: true });
  }
}

/**
 * Browsers let an AudioContext run only after the person has interacted with the page. Resumes only from
 * "suspended": iOS breaks a context that it interrupted.
 */
function resumeOnGesture(context: AudioContext, signal: AbortSignal): void {
  const resume = () => {
    if (context.state !== "suspended") return;
    context.resume().catch((cause) => console.warn("audio context", cause));
  };
  resume();
  onGesture(resume, signal);
}
