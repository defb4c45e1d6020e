import { may, SOURCE_RIGHT, type TrackSource } from "@tafelrunde/protocol";
import type { SetStoreFunction } from "solid-js/store";
import type { CallView, LocalMedia, Stood } from "./api.ts";
import type { CallStore } from "./call_view.ts";
import { DeviceCapture } from "./capture.ts";
import { rememberedWishes, rememberWishes } from "./identity.ts";
import { onPlaybackBlocked, playBlocked } from "./playing.ts";
import type { OwnMedia } from "./publisher.ts";
import { ScreenCapture } from "./screen.ts";
import { stoppedSince } from "./stopped_since.ts";

/** What the devices need of the call. */
export interface DevicesHost {
  /** Sets the media of a source; undefined: it is not shared. */
  setOwn(source: TrackSource, own: OwnMedia | undefined): void;
  /** Sets the speaker for all audio; "": the system's. */
  setSpeaker(speakerId: string): void;
}

/**
 * The devices of a call: microphone, camera, screen and speaker, as requested and as available. Loaded after
 * the lobby, which renders before any device is requested.
 */
export class Devices {
  readonly #view: CallView;
  readonly #set: SetStoreFunction<CallStore>;
  readonly #host: DevicesHost;
  readonly #microphone: DeviceCapture;
  readonly #camera: DeviceCapture;
  readonly #screen: ScreenCapture;
  /** The chosen speaker, whether it is available or not. */
  #speakerId: string;
  /** Whether the browser has refused it. */
  #isSpeakerRefused = false;

  /** `view` is the call's view and `set` changes it; `signal` ends all listeners. */
  constructor(view: CallView, set: SetStoreFunction<CallStore>, host: DevicesHost, signal: AbortSignal) {
    const wishes = rememberedWishes();
    this.#view = view;
    this.#set = set;
    this.#host = host;
    this.#speakerId = wishes.speakerId;
    this.#microphone = new DeviceCapture("microphone", wishes.microphoneId, () => this.#microphoneChanged());
    this.#camera = new DeviceCapture("camera", wishes.cameraId, () => this.#cameraChanged());
    this.#screen = new ScreenCapture((screen, audio) => this.#screenChanged(screen, audio));
    this.showScreen();
    onPlaybackBlocked((blocked) => set("playbackBlocked", blocked), signal);
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#list(), { signal });
  }

  /**
   * Opens what the person wants and may use, with one permission prompt. Sources that were on when an earlier
   * page noted them (`then`), and were muted or stopped while this page was loading (`ended`), stay off.
   * `isSecond`: the person is there with another device, so the microphone stays off unless it was on here.
   */
  async start(then?: Stood["muted"], ended?: Stood["muted"], isSecond = false): Promise<void> {
    if (then !== undefined && ended !== undefined) this.#heedStops(stoppedSince(then, ended));
    const wishes = rememberedWishes();
    const microphoneOn = wishes.microphoneOn && this.#mayUse("microphone") &&
      (!isSecond || then?.microphone === false);
    const cameraOn = wishes.cameraOn && this.#mayUse("camera");
    if (microphoneOn && cameraOn) await DeviceCapture.startBoth(this.#microphone, this.#camera);
    else if (microphoneOn) await this.#microphone.start();
    else if (cameraOn) await this.#camera.start();
    await this.#list();
  }

  async setMicrophone(on: boolean): Promise<void> {
    rememberWishes({ microphoneOn: on });
    if (on) await this.#microphone.start();
    else if (this.#view.phase === "joined") this.#microphone.hold();
    else this.#microphone.stop();
    await this.#list();
  }

  async setCamera(on: boolean): Promise<void> {
    rememberWishes({ cameraOn: on });
    if (on) await this.#camera.start();
    else this.#camera.stop();
    await this.#list();
  }

  /** Opens the browser's picker; must be called from a click. */
  startScreen(): Promise<void> {
    return this.#screen.start();
  }

  /** Shows what is shared now, and that nothing can be shared without media transports. */
  showScreen(): void {
    const none: LocalMedia["screen"] = { state: "unsupported", hasFailed: false, track: undefined };
    this.#set("local", "screen", this.#view.media === "unsupported" ? none : this.#screen.state);
  }

  async choose(kind: "microphone" | "camera" | "speaker", deviceId: string): Promise<void> {
    switch (kind) {
      case "microphone":
        rememberWishes({ microphoneId: deviceId });
        return await this.#microphone.choose(deviceId);
      case "camera":
        rememberWishes({ cameraId: deviceId });
        return await this.#camera.choose(deviceId);
      case "speaker":
        rememberWishes({ speakerId: deviceId });
        this.#speakerId = deviceId;
        this.#isSpeakerRefused = false;
        return this.#routeSound();
      default:
        return kind satisfies never;
    }
  }

  /** Plays what the browser had blocked; must be called from a click. */
  playBlocked(): Promise<void> {
    return playBlocked();
  }

  turnOff(source: TrackSource): void {
    switch (source) {
      case "microphone":
        return this.#microphone.hold();
      case "camera":
        return this.#camera.stop();
      case "screen":
      case "screenAudio":
        return this.#screen.stop();
      default:
        return source satisfies never;
    }
  }

  /** Turns it off, also for later reloads: another participant has decided so. */
  wishOff(source: TrackSource): void {
    if (source === "microphone") rememberWishes({ microphoneOn: false });
    if (source === "camera") rememberWishes({ cameraOn: false });
    this.turnOff(source);
  }

  /** The person is back in the lobby. */
  leaveMeeting(): void {
    this.#microphone.stop();
    this.#screen.stop();
  }

  close(): void {
    this.leaveMeeting();
    this.#camera.stop();
  }

  #heedStops(sources: readonly ("microphone" | "camera")[]): void {
    for (const source of sources) {
      // People who turned it off themselves need no notice.
      if (rememberedWishes()[`${source}On`]) this.#set("stopped", { source, by: "" });
      this.wishOff(source);
    }
  }

  /** Whether the person's role allows it; before the meeting everything is allowed. */
  #mayUse(source: "microphone" | "camera"): boolean {
    const { phase, you, state: { participants, room } } = this.#view;
    const role = you === undefined ? undefined : participants[you]?.role;
    return phase !== "joined" || role === undefined || may(SOURCE_RIGHT[source], { role }, room.settings);
  }

  /**
   * Plays through the chosen speaker while it is available. Browsers that list no speakers cannot be asked.
   */
  #routeSound(): void {
    const { speakers } = this.#view.local;
    const isThere = speakers.length === 0 || speakers.some(({ deviceId }) => deviceId === this.#speakerId);
    const speakerId = isThere && !this.#isSpeakerRefused ? this.#speakerId : "";
    this.#set("local", { speakerId, isSpeakerSubstitute: speakerId !== this.#speakerId });
    this.#host.setSpeaker(speakerId);
  }

  /** The browser refused the chosen speaker. */
  speakerRefused(): void {
    this.#isSpeakerRefused = true;
    this.#routeSound();
  }

  async #list(): Promise<void> {
    const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
    const of = (kind: MediaDeviceKind) =>
      devices.filter((device) => device.kind === kind && device.deviceId !== "");
    this.#set("local", {
      microphones: of("audioinput"),
      cameras: of("videoinput"),
      // Firefox before 116 lists them but cannot switch; iPhones list what AirPlay reaches.
      speakers: "setSinkId" in HTMLMediaElement.prototype ? of("audiooutput") : [],
    });
    this.#routeSound();
  }

  #screenChanged(screen: LocalMedia["screen"], audio: MediaStreamTrack | undefined): void {
    this.showScreen();
    const ownOf = (track: MediaStreamTrack | undefined) => track && { track, muted: false };
    this.#host.setOwn("screen", ownOf(screen.track));
    this.#host.setOwn("screenAudio", ownOf(audio));
  }

  #microphoneChanged(): void {
    const { capture, held } = this.#microphone;
    this.#set("local", "microphone", capture);
    if (capture.state === "on") this.#set("local", "speakingWhileMuted", false);
    this.#host.setOwn("microphone", { track: held ?? null, muted: capture.state !== "on" });
  }

  #cameraChanged(): void {
    const { capture } = this.#camera;
    this.#set("local", "camera", capture);
    const { track } = capture;
    this.#host.setOwn("camera", { track: track ?? null, muted: track === undefined });
  }
}
