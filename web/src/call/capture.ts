import type { Capture, CaptureState } from "./api.ts";

export type CaptureKind = "microphone" | "camera";

/** What is asked of a device besides which one. The processing is the browser's own. */
const CONSTRAINTS = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
} as const satisfies Record<CaptureKind, MediaTrackConstraints>;

/**
 * One microphone or camera: asks for it, holds its track, says why there is none. At most one track at a time: the old device is let go
 * before the new one is asked for, which iOS needs.
 */
export class DeviceCapture {
  readonly #kind: CaptureKind;
  readonly #changed: (capture: Capture) => void;
  #state: CaptureState = "off";
  #deviceId: string;
  #track: MediaStreamTrack | undefined;
  /** Counts requests: the answer to one that was overtaken is thrown away. */
  #request = 0;

  constructor(kind: CaptureKind, deviceId: string, changed: (capture: Capture) => void) {
    this.#kind = kind;
    this.#deviceId = deviceId;
    this.#changed = changed;
  }

  get capture(): Capture {
    return {
      state: this.#state,
      deviceId: this.#track?.getSettings().deviceId ?? this.#deviceId,
      track: this.#state === "on" ? this.#track : undefined,
    };
  }

  /** The captured track, also while it is held silent by `hold`. */
  get held(): MediaStreamTrack | undefined {
    return this.#track;
  }

  /** Turns it on; resolves when it is on or has failed, never rejects. */
  async start(): Promise<void> {
    if (this.#track !== undefined) {
      this.#track.enabled = true;
      return this.#set("on");
    }
    const request = this.#begin();
    this.#take(request, await openDevices({ [this.#kind]: this.#deviceId }));
  }

  /** Turns it off and lets the device go: its light goes out. */
  stop(): void {
    this.#request++;
    this.#release();
    this.#set("off");
  }

  /** Turns it off but keeps the device, so that it comes back at once and can be listened to (never sent). */
  hold(): void {
    if (this.#track === undefined) return this.stop();
    this.#track.enabled = false;
    this.#set("off");
  }

  /** Uses another device from now on, at once when it is on; without a track in between, but without being off. */
  async choose(deviceId: string): Promise<void> {
    this.#deviceId = deviceId;
    const state = this.#state;
    this.#release();
    this.#set(state);
    if (state !== "on" && state !== "starting") return;
    const request = ++this.#request;
    this.#take(request, await openDevices({ [this.#kind]: deviceId }));
  }

  #begin(): number {
    this.#set("starting");
    return ++this.#request;
  }

  #take(request: number, opened: OpenedDevices): void {
    const result = opened[this.#kind];
    if (request !== this.#request) {
      if (result instanceof MediaStreamTrack) result.stop();
    } else if (result instanceof MediaStreamTrack) {
      this.#track = result;
      result.contentHint = this.#kind === "camera" ? "motion" : "speech";
      result.addEventListener("ended", () => this.#lost(result), { once: true });
      this.#set("on");
    } else {
      this.#set(result ?? "missing");
    }
  }

  #lost(track: MediaStreamTrack): void {
    if (track !== this.#track) return;
    this.#track = undefined;
    this.#set(this.#state === "on" ? "lost" : "off");
  }

  #release(): void {
    this.#track?.stop();
    this.#track = undefined;
  }

  #set(state: CaptureState): void {
    this.#state = state;
    this.#changed(this.capture);
  }

  /** Turns both on with one question to the person. */
  static async startBoth(microphone: DeviceCapture, camera: DeviceCapture): Promise<void> {
    const requests = [microphone.#begin(), camera.#begin()] as const;
    const opened = await openDevices({ microphone: microphone.#deviceId, camera: camera.#deviceId });
    microphone.#take(requests[0], opened);
    camera.#take(requests[1], opened);
  }
}

type CaptureFailure = Extract<CaptureState, "denied" | "missing" | "busy">;
type OpenedDevices = { [Kind in CaptureKind]?: MediaStreamTrack | CaptureFailure };

/**
 * Opens devices by id ("" the browser's choice), all with one question. When they cannot be had together, each is asked for alone, so that
 * a missing camera costs nobody the microphone; but nobody who said no is asked twice.
 */
async function openDevices(wanted: { [Kind in CaptureKind]?: string }): Promise<OpenedDevices> {
  const { microphone, camera } = wanted;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: microphone === undefined ? false : constraintsOf("microphone", microphone),
      video: camera === undefined ? false : constraintsOf("camera", camera),
    });
    const [audio] = stream.getAudioTracks();
    const [video] = stream.getVideoTracks();
    return { ...(audio && { microphone: audio }), ...(video && { camera: video }) };
  } catch (cause) {
    const failure = failureOf(cause);
    if (microphone === undefined) return { camera: failure };
    if (camera === undefined) return { microphone: failure };
    const mayAsk = async (kind: CaptureKind) => failure !== "denied" || await isGranted(kind);
    return {
      ...(await mayAsk("microphone") ? await openDevices({ microphone }) : { microphone: failure }),
      ...(await mayAsk("camera") ? await openDevices({ camera }) : { camera: failure }),
    };
  }
}

/** Whether the browser would open the device without a question. False where it does not say. */
async function isGranted(kind: CaptureKind): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: kind })).state === "granted";
  } catch {
    return false;
  }
}

function constraintsOf(kind: CaptureKind, deviceId: string): MediaTrackConstraints {
  return deviceId === "" ? CONSTRAINTS[kind] : { ...CONSTRAINTS[kind], deviceId: { ideal: deviceId } };
}

/** Source: W3C Media Capture and Streams §10.2 (getUserMedia), rejection reasons. */
function failureOf(cause: unknown): CaptureFailure {
  switch (cause instanceof DOMException ? cause.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "missing";
  }
}
