import type { Capture, CaptureState } from "./api.ts";

export type CaptureKind = "microphone" | "camera";

/** Constraints beyond the device's id. Audio processing is the browser's own. */
const CONSTRAINTS = {
  microphone: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  camera: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
} as const satisfies Record<CaptureKind, MediaTrackConstraints>;

/**
 * One microphone or camera: requests it, holds its track, reports why there is none. At most one track at a
 * time: the old device is released before the new one is requested, which iOS needs.
 */
export class DeviceCapture {
  readonly #kind: CaptureKind;
  readonly #changed: (capture: Capture) => void;
  #state: CaptureState = "off";
  #deviceId: string;
  #track: MediaStreamTrack | undefined;
  /** Counts requests: the result of an outdated one is discarded. */
  #request = 0;

  constructor(kind: CaptureKind, deviceId: string, changed: (capture: Capture) => void) {
    this.#kind = kind;
    this.#deviceId = deviceId;
    this.#changed = changed;
  }

  get capture(): Capture {
    return {
      state: this.#state,
      deviceId: this.#openId ?? this.#deviceId,
      isSubstitute: this.#deviceId !== "" && this.#openId !== undefined && this.#openId !== this.#deviceId,
      isSilenced: this.#state === "on" && this.#track?.muted === true,
      track: this.#state === "on" ? this.#track : undefined,
    };
  }

  /** Chromium calls the browser's choice "default". */
  get #openId(): string | undefined {
    const id = this.#track?.getSettings().deviceId;
    return id === "default" ? "" : id;
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
    this.#take(request, await this.#open(request));
  }

  /** Turns it off and releases the device: its light goes out. */
  stop(): void {
    this.#request++;
    this.#release();
    this.#set("off");
  }

  /** Turns it off but keeps the device, so that it comes back at once and can be measured (never sent). */
  hold(): void {
    if (this.#track === undefined) return this.stop();
    this.#track.enabled = false;
    this.#set("off");
  }

  /**
   * Uses another device from now on, at once when it is on; there is briefly no track, but it does not count
   * as off.
   */
  async choose(deviceId: string): Promise<void> {
    this.#deviceId = deviceId;
    const state = this.#state;
    this.#release();
    this.#set(state);
    // Choosing another device after a failure is a wish to use that one.
    if (state === "off" || state === "denied") return;
    const request = this.#begin();
    this.#take(request, await this.#open(request));
  }

  #open(request: number): Promise<OpenedDevices> {
    return openDevices({ [this.#kind]: this.#deviceId }, () => request === this.#request);
  }

  #begin(): number {
    this.#set("starting");
    return ++this.#request;
  }

  #take(request: number, opened: OpenedDevices): void {
    const result = opened[this.#kind];
    if (request !== this.#request) {
      if (typeof result === "object") result.stop();
    } else if (typeof result === "object") {
      this.#track = result;
      result.contentHint = this.#kind === "camera" ? "motion" : "speech";
      result.addEventListener("ended", () => void this.#lost(result), { once: true });
      for (const change of ["mute", "unmute"]) result.addEventListener(change, () => this.#silenced(result));
      this.#set("on");
    } else {
      this.#set(result ?? "missing");
    }
  }

  /** The system stops or resumes delivering media: a phone call, a cover, a switch. */
  #silenced(track: MediaStreamTrack): void {
    if (track === this.#track) this.#set(this.#state);
  }

  /** It was unplugged, or the person revoked the permission. */
  async #lost(track: MediaStreamTrack): Promise<void> {
    if (track !== this.#track) return;
    this.#track = undefined;
    if (this.#state !== "on") return this.#set("off");
    const request = ++this.#request;
    const isForbidden = await isPermitted(this.#kind, "denied");
    if (request === this.#request) this.#set(isForbidden ? "denied" : "lost");
  }

  #release(): void {
    this.#track?.stop();
    this.#track = undefined;
  }

  #set(state: CaptureState): void {
    this.#state = state;
    this.#changed(this.capture);
  }

  /** Turns both on with one permission prompt. */
  static async startBoth(microphone: DeviceCapture, camera: DeviceCapture): Promise<void> {
    const requests = [microphone.#begin(), camera.#begin()] as const;
    const isWanted = () => requests[0] === microphone.#request || requests[1] === camera.#request;
    const opened = await openDevices(
      { microphone: microphone.#deviceId, camera: camera.#deviceId },
      isWanted,
    );
    microphone.#take(requests[0], opened);
    camera.#take(requests[1], opened);
  }
}

type CaptureFailure = Extract<
  CaptureState,
  "denied" | "missing" | "busy" | "failed" | "insecure" | "unsupported"
>;
type OpenedDevices = { [Kind in CaptureKind]?: MediaStreamTrack | CaptureFailure };
/** The requested devices, by id; "": the browser's choice. */
type WantedDevices = { readonly [Kind in CaptureKind]?: string };

/**
 * Opens devices with one permission prompt. A chosen device that is not available is replaced by the
 * browser's choice. If they cannot be opened together, each is requested alone, so that a missing camera does
 * not cost the microphone. After a denial, or once `isWanted` returns false, nothing is requested again.
 */
async function openDevices(wanted: WantedDevices, isWanted: () => boolean): Promise<OpenedDevices> {
  const { microphone, camera } = wanted;
  let failure: CaptureFailure = "failed";
  const choices = choicesOf(wanted).map(({ microphone, camera }) => ({
    audio: microphone === undefined ? false : constraintsOf("microphone", microphone),
    video: camera === undefined ? false : constraintsOf("camera", camera),
  }));
  // A device that cannot satisfy the constraints is better than none.
  const anyhow = { audio: microphone !== undefined, video: camera !== undefined };
  for (const constraints of [...choices, anyhow]) {
    try {
      return await openExactly(constraints);
    } catch (cause) {
      failure = failureOf(cause);
      if (failure !== "missing" || !isWanted()) break;
    }
  }
  if (microphone === undefined) return { camera: failure };
  if (camera === undefined) return { microphone: failure };
  const mayAsk = async (kind: CaptureKind) =>
    isWanted() && (failure !== "denied" || await isPermitted(kind, "granted"));
  return {
    ...(await mayAsk("microphone") ? await openDevices({ microphone }, isWanted) : { microphone: failure }),
    ...(await mayAsk("camera") ? await openDevices({ camera }, isWanted) : { camera: failure }),
  };
}

async function openExactly(constraints: MediaStreamConstraints): Promise<OpenedDevices> {
  const stream = await navigator.mediaDevices.getUserMedia(constraints);
  const [audio] = stream.getAudioTracks();
  const [video] = stream.getVideoTracks();
  return { ...(audio && { microphone: audio }), ...(video && { camera: video }) };
}

/** `wanted`, then variants with fewer and fewer of the chosen devices. */
function choicesOf(wanted: WantedDevices): WantedDevices[] {
  const { microphone, camera } = wanted;
  const choices = [wanted];
  if (microphone && camera) choices.push({ microphone, camera: "" }, { microphone: "", camera });
  if (microphone || camera) {
    choices.push({
      ...microphone !== undefined && { microphone: "" },
      ...camera !== undefined && { camera: "" },
    });
  }
  return choices;
}

/**
 * Whether the browser would open the device without a prompt ("granted"), or would not ("denied"). False if
 * the browser does not report it.
 */
async function isPermitted(kind: CaptureKind, state: PermissionState): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: kind })).state === state;
  } catch {
    return false;
  }
}

/** "exact": Chromium ignores an ideal id. */
function constraintsOf(kind: CaptureKind, deviceId: string): MediaTrackConstraints {
  return deviceId === "" ? CONSTRAINTS[kind] : { ...CONSTRAINTS[kind], deviceId: { exact: deviceId } };
}

/** Source: W3C Media Capture and Streams §10.2 (getUserMedia), rejection reasons. */
function failureOf(cause: unknown): CaptureFailure {
  if (navigator.mediaDevices?.getUserMedia === undefined) {
    return globalThis.isSecureContext ? "unsupported" : "insecure";
  }
  switch (cause instanceof Error ? cause.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    default:
      console.warn("device not opened", cause);
      return "failed";
  }
}
