import {
  type ChatPage,
  type ParticipantId,
  type Reaction,
  type Refusal,
  refuse,
  TRACK_SOURCES,
  type TrackId,
  type TrackSource,
} from "@tafelrunde/protocol";
import type { SetStoreFunction } from "solid-js/store";
import type { Ask, Call, CallEnd, CallStart, CallView, VideoView } from "./api.ts";
import { type CallStore, createView } from "./call_view.ts";
import { DeviceCapture } from "./capture.ts";
import { endOfRefusal } from "./end.ts";
import { markFirstFrame, MARKS } from "./first_frame.ts";
import { rememberedWishes, rememberJoined, rememberName, rememberWishes, tabId } from "./identity.ts";
import type { Media, PeerOfHello } from "./media.ts";
import { prepareOffer, rememberedCapabilities } from "./offer.ts";
import { Places } from "./place.ts";
import { onPlaybackBlocked, playBlocked } from "./playing.ts";
import { predict } from "./predict.ts";
import { showReaction } from "./reactions.ts";
import { Session } from "./session.ts";
import { onNetworkChange } from "./socket.ts";
import { after } from "./timer.ts";

/** How long one's own devices wait for a media path that is being opened, ms; they do not depend on it. */
const PATH_PATIENCE_MS = 2_000;

/** How long a hello waits for the media code, ms: on a slow network the room should not wait for the picture. */
const MEDIA_PATIENCE_MS = 3_000;

/** Starts a call: connects, prepares the media path and opens the devices as wished. It ends by `leave` or by itself (`view.end`). */
export function createCall(start: CallStart): Call {
  const call = new LiveCall(start);
  call.start();
  return call;
}

class LiveCall implements Call {
  readonly view: CallView;
  readonly #set: SetStoreFunction<CallStore>;
  readonly #start: CallStart;
  readonly #life = new AbortController();
  readonly #session: Session;
  readonly #places: Places;
  readonly #microphone: DeviceCapture;
  readonly #camera: DeviceCapture;
  /** An offer that could be made before the media code is there. */
  readonly #earlyOffer: ReturnType<typeof prepareOffer> | undefined;
  readonly #mediaLoading: Promise<Media | undefined>;
  #media: Media | undefined;
  /** Ends when the media path that the edge gave last is being connected. */
  #opening: Promise<void> = Promise.resolve();
  #published: ReadonlyMap<TrackSource, TrackId> = new Map();

  constructor(start: CallStart) {
    const wishes = rememberedWishes();
    this.#start = start;
    [this.view, this.#set] = createView(start, wishes.speakerId);
    this.#microphone = new DeviceCapture("microphone", wishes.microphoneId, () => this.#microphoneChanged());
    this.#camera = new DeviceCapture("camera", wishes.cameraId, () => this.#cameraChanged());
    const url = new URL("/v1/signal", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const identity = { room: start.roomId, ...start.link !== "" && { link: start.link }, tab: tabId() };
    this.#places = new Places({
      setPlace: (place) => this.#set("place", place),
      measured: (rttByNode) => this.#session.tell({ type: "rtt.measured", rttByNode }),
    });
    this.#session = new Session(url.href.replace(/#.*/, ""), identity, {
      peerForHello: () => this.#peerForHello(),
      rttByNode: () => this.#places.rttByNode,
      welcomed: (peer, nodes) => {
        this.#opening = this.#withMedia((media) => media.welcomed(peer));
        this.#places.offer(nodes);
      },
      media: (message) => void this.#withMedia((media) => media.received(message)),
      lobby: (lobby) => this.#set("lobby", lobby),
      met: ({ needs, account }) => this.#set({ needs, account }),
      waiting: () => this.#wait(),
      admitted: () => this.#enterMeeting(),
      declined: (text) => this.#set("declinedText", text),
      stopped: (trackId, by) => this.#stopped(trackId, by),
      reaction: (participantId, reaction) =>
        showReaction(this.view, this.#set, { participantId, reaction }, this.#life.signal),
      connection: (connection) => this.#set("connection", connection),
      changed: () => this.#roomChanged(),
      ended: (end) => this.#end(end),
    });
    const capabilities = rememberedCapabilities();
    this.#earlyOffer = capabilities && prepareOffer(capabilities);
    this.#mediaLoading = this.#loadMedia();
  }

  start(): void {
    const { signal } = this.#life;
    markFirstFrame((track) => Object.values(this.view.received).includes(track));
    onPlaybackBlocked((blocked) => this.#set("playbackBlocked", blocked), signal);
    this.#session.start();
    const moved = () => {
      this.#media?.networkChanged();
      this.#places.networkChanged();
    };
    globalThis.addEventListener("online", moved, { signal });
    onNetworkChange(moved, signal);
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#listDevices(), { signal });
    void this.#begin();
  }

  send(ask: Ask): Promise<Refusal | null> {
    return this.#session.ask(ask);
  }

  async join(name: string, password?: string): Promise<Refusal | null> {
    performance.mark(MARKS.click);
    return await this.#joinBy(name, this.#session.join(name, password));
  }

  chatBefore(before: number): Promise<ChatPage | null> {
    return this.#session.chatBefore(before);
  }

  react(reaction: Reaction): void {
    this.#session.tell({ type: "reaction.send", reaction });
  }

  async leave(): Promise<void> {
    this.#end("left");
    await this.#session.leave();
  }

  async setMicrophone(on: boolean): Promise<void> {
    rememberWishes({ microphoneOn: on });
    if (on) await this.#microphone.start();
    else if (this.view.phase === "joined") this.#microphone.hold();
    else this.#microphone.stop();
    await this.#listDevices();
  }

  async setCamera(on: boolean): Promise<void> {
    rememberWishes({ cameraOn: on });
    if (on) await this.#camera.start();
    else this.#camera.stop();
    await this.#listDevices();
  }

  startScreen(): Promise<void> {
    return this.#withMedia((media) => media.screen.start());
  }

  stopScreen(): Promise<void> {
    this.#media?.screen.stop();
    return Promise.resolve();
  }

  async chooseDevice(kind: "microphone" | "camera" | "speaker", deviceId: string): Promise<void> {
    switch (kind) {
      case "microphone":
        rememberWishes({ microphoneId: deviceId });
        return await this.#microphone.choose(deviceId);
      case "camera":
        rememberWishes({ cameraId: deviceId });
        return await this.#camera.choose(deviceId);
      case "speaker":
        rememberWishes({ speakerId: deviceId });
        this.#set("local", "speakerId", deviceId);
        return this.#media?.setSpeaker(deviceId);
      default:
        return kind satisfies never;
    }
  }

  setVideoView(tracks: readonly VideoView[]): void {
    void this.#withMedia((media) => media.setVideoView(tracks));
  }

  playBlocked(): Promise<void> {
    return playBlocked();
  }

  ownTrack(source: TrackSource): TrackId | undefined {
    return this.#published.get(source);
  }

  /** Goes in if that was asked for. Own devices come after that: opening them would compete with the first picture. */
  async #begin(): Promise<void> {
    if (this.#start.joinAs !== undefined) await this.#enter(this.#start.joinAs);
    const patience = Promise.withResolvers<void>();
    after(PATH_PATIENCE_MS, patience.resolve, this.#life.signal);
    await Promise.race([this.#opening, patience.promise]);
    if (this.view.phase !== "ended") await this.#startDevices();
  }

  async #enter(name: string): Promise<void> {
    const refusal = await this.#joinBy(name, this.#session.enter(name));
    const end = refusal && endOfRefusal(refusal.refused);
    if (end) this.#end(end);
  }

  async #joinBy(name: string, joining: Promise<Refusal | null>): Promise<Refusal | null> {
    this.#set("phase", "joining");
    if (this.view.needs?.admission !== true) void this.#withMedia((media) => media.setJoined(true));
    const refusal = await joining;
    if (this.view.phase === "ended") return refusal;
    if (refusal === null) {
      rememberName(name);
      rememberJoined(this.#start.roomId);
      if (this.#session.isWaiting) this.#wait();
      else this.#enterMeeting();
    } else {
      this.#set("phase", "lobby");
      void this.#withMedia((media) => media.setJoined(false));
    }
    return refusal;
  }

  #wait(): void {
    this.#set("phase", "waiting");
    void this.#withMedia((media) => media.setJoined(false));
  }

  #enterMeeting(): void {
    if (this.view.phase === "ended") return;
    performance.mark(MARKS.admitted);
    this.#set("phase", "joined");
    void this.#withMedia((media) => media.setJoined(true));
  }

  /** A moderator muted or ended what this person publishes: the device follows. */
  #stopped(trackId: TrackId, by: ParticipantId): void {
    const source = TRACK_SOURCES.find((source) => this.#published.get(source) === trackId);
    if (source === undefined) return;
    this.#set("stopped", { source, by: this.view.state.participants[by]?.name ?? "" });
    this.#turnOff(source);
  }

  #turnOff(source: TrackSource): void {
    switch (source) {
      case "microphone":
        return this.#microphone.hold();
      case "camera":
        return this.#camera.stop();
      case "screen":
      case "screenAudio":
        return this.#media?.screen.stop();
      default:
        return source satisfies never;
    }
  }

  #end(end: CallEnd): void {
    if (this.view.phase === "ended") return;
    this.#set({ phase: "ended", end });
    this.#life.abort();
    if (end !== "outdated") rememberJoined(null);
    this.#microphone.stop();
    this.#camera.stop();
    this.#places.close();
    void this.#withMedia((media) => media.close());
    if (end !== "left") this.#session.close();
  }

  async #loadMedia(): Promise<Media | undefined> {
    const host: Parameters<typeof Media.load>[0] = {
      tell: (message) => this.#session.tell(message),
      ask: (ask) => this.#session.ask(ask),
      withdraw: (trackId) =>
        this.#session.pending.withdraw(
          (command) => command.type === "track.publish" && command.trackId === trackId,
          refuse("media.unavailable"),
        ),
      state: () => this.#session.log.state,
      you: () => this.#session.you,
      setPath: (path) => this.#set("media", path),
      setNode: (nodeId, why) => this.#places.arrive(nodeId, why),
      setInterrupted: (interrupted) => this.#set("interrupted", interrupted),
      // In a Solid store, undefined takes the key away.
      setReceived: (trackId, track) => this.#set("received", trackId, track as MediaStreamTrack),
      setLevel: (level) => this.#set("local", "level", level),
      setScreen: (screen) => this.#set("local", "screen", screen),
      setSpeakingAloud: (isAloud) =>
        this.#set("local", "speakingWhileMuted", isAloud && this.view.local.microphone.state === "off"),
      forbidden: (source) => this.#turnOff(source),
      setPublished: (tracks) => this.#published = tracks,
      setSpeaking: (trackIds) => this.#speaking(trackIds),
    };
    try {
      const { Media } = await import("./media.ts");
      this.#media = await Media.load(host, this.#earlyOffer);
      this.#media.setSpeaker(this.view.local.speakerId);
    } catch (cause) {
      console.warn("media: this browser has none", cause);
      this.#set("media", "none");
      this.#set("local", "screen", { state: "unsupported", track: undefined });
    }
    return this.#media;
  }

  /** Uses the media path now, or once its code is loaded. Never rejects. */
  async #withMedia(use: (media: Media) => void | Promise<void>): Promise<void> {
    const media = this.#media ?? await this.#mediaLoading;
    try {
      if (media !== undefined) await use(media);
    } catch (cause) {
      console.error("media", cause);
    }
  }

  async #peerForHello(): Promise<PeerOfHello> {
    if (this.#media === undefined && this.#earlyOffer !== undefined) {
      return { peer: (await this.#earlyOffer).offer };
    }
    const none = { peer: "none" } as const;
    const patience = Promise.withResolvers<PeerOfHello>();
    after(MEDIA_PATIENCE_MS, () => patience.resolve(none), this.#life.signal);
    const offered = this.#mediaLoading.then(async (media) => await media?.peerForHello() ?? none);
    return await Promise.race([offered, patience.promise]);
  }

  #roomChanged(): void {
    const { log, pending, you } = this.#session;
    const { commands } = pending;
    this.#set({ you, state: predict(log.state, commands, you, Date.now()) });
    if (commands.length + this.view.pending.length > 0) {
      this.#set("pending", commands.map(({ id, ...ask }) => ({ id, ask: ask as Ask })));
    }
    this.#media?.changed();
  }

  #speaking(trackIds: readonly TrackId[]): void {
    const { tracks } = this.#session.log.state;
    const speaking = trackIds.flatMap((trackId) => tracks[trackId]?.participantId ?? []);
    this.#set("speaking", [...new Set(speaking)]);
  }

  async #startDevices(): Promise<void> {
    const { microphoneOn, cameraOn } = this.#start;
    if (microphoneOn && cameraOn) await DeviceCapture.startBoth(this.#microphone, this.#camera);
    else if (microphoneOn) await this.#microphone.start();
    else if (cameraOn) await this.#camera.start();
    await this.#listDevices();
  }

  async #listDevices(): Promise<void> {
    const devices = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
    const of = (kind: MediaDeviceKind) =>
      devices.filter((device) => device.kind === kind && device.deviceId !== "");
    this.#set("local", {
      microphones: of("audioinput"),
      cameras: of("videoinput"),
      speakers: of("audiooutput"),
    });
  }

  #microphoneChanged(): void {
    const { capture, held } = this.#microphone;
    this.#set("local", "microphone", capture);
    if (capture.state === "on") this.#set("local", "speakingWhileMuted", false);
    void this.#withMedia((media) =>
      media.setOwn("microphone", { track: held ?? null, muted: capture.state !== "on" })
    );
  }

  #cameraChanged(): void {
    const { capture } = this.#camera;
    this.#set("local", "camera", capture);
    const { track } = capture;
    void this.#withMedia((media) =>
      media.setOwn("camera", { track: track ?? null, muted: track === undefined })
    );
  }
}
