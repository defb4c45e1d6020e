import {
  type ChatPage,
  may,
  type ParticipantId,
  type Reaction,
  type Refusal,
  type RefusalCode,
  refuse,
  SOURCE_RIGHT,
  TRACK_SOURCES,
  type TrackId,
  type TrackSource,
} from "@tafelrunde/protocol";
import type { SetStoreFunction } from "solid-js/store";
import type { Ask, Call, CallEnd, CallStart, CallView, LocalMedia, VideoView } from "./api.ts";
import { type CallStore, createView } from "./call_view.ts";
import { DeviceCapture } from "./capture.ts";
import { endOfRefusal } from "./end.ts";
import { markFirstFrame, MARKS } from "./first_frame.ts";
import {
  JOINED_NOTE_MS,
  rememberedWishes,
  rememberJoined,
  rememberName,
  rememberWishes,
  tabId,
} from "./identity.ts";
import type { Media, PeerOfHello } from "./media.ts";
import { prepareOffer, rememberedCapabilities } from "./offer.ts";
import { Places } from "./place.ts";
import { onPlaybackBlocked, playBlocked } from "./playing.ts";
import { predict } from "./predict.ts";
import { showReaction } from "./reactions.ts";
import { ScreenCapture } from "./screen.ts";
import { Session } from "./session.ts";
import { onNetworkChange } from "./socket.ts";
import { after, every } from "./timer.ts";

/** How long one's own devices wait for a media path that is being opened, ms; they do not depend on it. */
const PATH_PATIENCE_MS = 2_000;

/** Deleted messages that are remembered for what is older than the room's state. */
const DELETED_KEPT = 100;

/** How long a hello waits for the media code, ms: on a slow network the room should not wait for the picture. */
const MEDIA_PATIENCE_MS = 3_000;

/** Wait before the media code is asked for again when it did not come, ms. */
const MEDIA_AGAIN_MS = 5_000;

/** Whether this browser can take part with picture and sound. */
function isCallable(): boolean {
  return globalThis.RTCPeerConnection?.generateCertificate !== undefined;
}

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
  /** Beside the media code, which a click need not wait for: the browser's picker opens within one. */
  readonly #screen: ScreenCapture;
  /** An offer that could be made before the media code is there. */
  readonly #earlyOffer: ReturnType<typeof prepareOffer> | undefined;
  readonly #mediaLoading: Promise<Media | undefined>;
  #media: Media | undefined;
  /** Ends when the media path that the edge gave last is being connected. */
  #opening: Promise<void> = Promise.resolve();
  #published: ReadonlyMap<TrackSource, TrackId> = new Map();
  /** The person's name as the room has it; undefined: it has none yet. */
  #name: string | undefined;
  /** The chosen loudspeaker, whether it is there or not. */
  #speakerId: string;

  constructor(start: CallStart) {
    const wishes = rememberedWishes();
    this.#start = start;
    this.#speakerId = wishes.speakerId;
    [this.view, this.#set] = createView(start, wishes.speakerId);
    this.#microphone = new DeviceCapture("microphone", wishes.microphoneId, () => this.#microphoneChanged());
    this.#camera = new DeviceCapture("camera", wishes.cameraId, () => this.#cameraChanged());
    this.#screen = new ScreenCapture((screen, audio) => this.#screenChanged(screen, audio));
    this.#set("local", "screen", this.#screen.state);
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
      met: ({ needs, account, isLinkForAll = false }) => this.#set({ needs, account, isLinkForAll }),
      waiting: () => this.#wait(),
      admitted: () => this.#enterMeeting(),
      sentBack: (code) => this.#sendBack(code),
      declined: (text) => this.#set("declinedText", text),
      messageDeleted: (messageSeq) =>
        this.#set("deletedMessages", (seqs) => [...seqs, messageSeq].slice(-DELETED_KEPT)),
      stopped: (trackId, by) => this.#stopped(trackId, by),
      reaction: (participantId, reaction) =>
        showReaction(this.view, this.#set, { participantId, reaction }, this.#life.signal),
      connection: (connection) => this.#set("connection", connection),
      changed: () => this.#roomChanged(),
      ended: (end) => this.#end(end),
    });
    const capabilities = isCallable() ? rememberedCapabilities() : undefined;
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
    const note = () => {
      if (this.view.phase === "joined" || this.view.phase === "waiting") rememberJoined(this.#start.roomId);
    };
    every(JOINED_NOTE_MS, note, signal);
    globalThis.addEventListener("pagehide", ({ persisted }) => {
      if (!persisted) note();
    }, { signal });
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
    return this.#screen.start();
  }

  stopScreen(): Promise<void> {
    this.#screen.stop();
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
        this.#speakerId = deviceId;
        return this.#routeSound();
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
    this.#set({ phase: "joining", sentBack: undefined });
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

  /** They were in, and the room lets them in again only from the lobby: its password has changed. */
  #sendBack(code: RefusalCode): void {
    if (this.view.phase === "ended") return;
    rememberJoined(null);
    this.#microphone.stop();
    this.#screen.stop();
    this.#set({ phase: "lobby", sentBack: code });
    void this.#withMedia((media) => media.setJoined(false));
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

  /** A moderator muted or ended what this person publishes: the device follows, and so does the wish, which a reload would follow. */
  #stopped(trackId: TrackId, by: ParticipantId): void {
    const source = TRACK_SOURCES.find((source) => this.#published.get(source) === trackId);
    if (source === undefined) return;
    this.#set("stopped", { source, by: this.view.state.participants[by]?.name ?? "" });
    if (source === "microphone") rememberWishes({ microphoneOn: false });
    if (source === "camera") rememberWishes({ cameraOn: false });
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
        return this.#screen.stop();
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
    this.#screen.stop();
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
      setStill: (still) => {
        const before = this.view.still;
        if (still.length !== before.length || still.some((id) => !before.includes(id))) {
          this.#set("still", still);
        }
      },
      setInterrupted: (interrupted) => this.#set("interrupted", interrupted),
      // In a Solid store, undefined takes the key away.
      setReceived: (trackId, track) => this.#set("received", trackId, track as MediaStreamTrack),
      setLevel: (level) => this.#set("local", "level", level),
      setSpeakingAloud: (isAloud) =>
        this.#set("local", "speakingWhileMuted", isAloud && this.view.local.microphone.state === "off"),
      forbidden: (source) => this.#turnOff(source),
      setPublished: (tracks) => this.#published = tracks,
      setSpeaking: (trackIds) => this.#speaking(trackIds),
    };
    while (!this.#life.signal.aborted && isCallable()) {
      try {
        const { Media } = await import("./media.ts");
        this.#media = await Media.load(host, this.#earlyOffer);
        this.#media.setSpeaker(this.view.local.speakerId);
        return this.#media;
      } catch (cause) {
        console.warn("media: not loaded", cause);
        if (cause instanceof Error && cause.name === "UnsupportedError") break;
        this.#set("media", "none");
        await new Promise<void>((resolve) => after(MEDIA_AGAIN_MS, resolve, this.#life.signal));
      }
    }
    this.#set("media", "unsupported");
    this.#set("local", "screen", { state: "unsupported", hasFailed: false, track: undefined });
    return undefined;
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
    this.#noteRename(you);
    this.#set({ you, state: predict(log.state, commands, you, Date.now()) });
    if (commands.length + this.view.pending.length > 0) {
      this.#set("pending", commands.map(({ id, ...ask }) => ({ id, ask: ask as Ask })));
    }
    this.#media?.changed();
  }

  /** The lobby offers the name that one has in the meeting, not the one of before. */
  #noteRename(you: ParticipantId | undefined): void {
    const name = you === undefined ? undefined : this.#session.log.state.participants[you]?.name;
    if (name === undefined || name === this.#name) return;
    if (this.#name !== undefined) rememberName(name);
    this.#name = name;
  }

  #speaking(trackIds: readonly TrackId[]): void {
    const { tracks } = this.#session.log.state;
    const speaking = trackIds.flatMap((trackId) => tracks[trackId]?.participantId ?? []);
    this.#set("speaking", [...new Set(speaking)]);
  }

  async #startDevices(): Promise<void> {
    const microphoneOn = this.#start.microphoneOn && this.#mayUse("microphone");
    const cameraOn = this.#start.cameraOn && this.#mayUse("camera");
    if (microphoneOn && cameraOn) await DeviceCapture.startBoth(this.#microphone, this.#camera);
    else if (microphoneOn) await this.#microphone.start();
    else if (cameraOn) await this.#camera.start();
    await this.#listDevices();
  }

  /** Whether one's role in the meeting allows it; before the meeting everything is allowed. */
  #mayUse(source: "microphone" | "camera"): boolean {
    const { phase, you, state: { participants, room } } = this.view;
    const role = you === undefined ? undefined : participants[you]?.role;
    return phase !== "joined" || role === undefined || may(SOURCE_RIGHT[source], role, room.settings);
  }

  /** Plays through the chosen loudspeaker while it is there. Who lists none cannot be asked. */
  #routeSound(): void {
    const { speakers } = this.view.local;
    const isThere = speakers.length === 0 || speakers.some(({ deviceId }) => deviceId === this.#speakerId);
    const speakerId = isThere ? this.#speakerId : "";
    this.#set("local", { speakerId, isSpeakerSubstitute: speakerId !== this.#speakerId });
    this.#media?.setSpeaker(speakerId);
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
    this.#routeSound();
  }

  #screenChanged(screen: LocalMedia["screen"], audio: MediaStreamTrack | undefined): void {
    this.#set("local", "screen", screen);
    const ownOf = (track: MediaStreamTrack | undefined) => track && { track, muted: false };
    void this.#withMedia((media) => {
      media.setOwn("screen", ownOf(screen.track));
      media.setOwn("screenAudio", ownOf(audio));
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
