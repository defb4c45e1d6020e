import type {
  FeatureDown,
  Participant,
  ParticipantId,
  Refusal,
  RefusalCode,
  RoomState,
  SpaceId,
  TrackId,
  TrackSource,
} from "@tafelrunde/protocol";
import { refuse } from "@tafelrunde/protocol/client";
import type { SetStoreFunction } from "solid-js/store";
import type {
  Call,
  CallEnd,
  CallStart,
  CallView,
  CommandDraft,
  FeatureListener,
  QuestionDraft,
  Stood,
  Tell,
  VideoView,
} from "./api.ts";
import { type CallStore, createView } from "./call_view.ts";
import type { Devices } from "./devices.ts";
import { endOfRefusal } from "./end.ts";
import { markFirstFrame, MARKS } from "./first_frame.ts";
import { JOINED_NOTE_MS, rememberedWishes, rememberJoined, rememberName, tabId } from "./identity.ts";
import type { Media, PeerOfHello } from "./media.ts";
import { prepareOffer, rememberedCapabilities } from "./offer.ts";
import { MediaPlaces } from "./media_places.ts";
import type { Fold } from "./fold.ts";
import { Session } from "./session.ts";
import { onNetworkChange } from "./socket.ts";
import { after, every } from "./timer.ts";

/** Longest time that local devices wait for the media transports to open, ms; they do not depend on them. */
const PATH_PATIENCE_MS = 2_000;

/**
 * How long the first render of a meeting waits for the transports' description, ms. Both need this tab's only
 * thread, and only the transports wait for the network: rendering first delays the first remote picture by 40
 * ms (bench:join, direct).
 */
const DRAWING_PATIENCE_MS = 200;

/**
 * Longest time that a hello waits for the media code, ms: on a slow network the room should not wait for
 * video.
 */
const MEDIA_PATIENCE_MS = 3_000;

/** Delay before code that failed to load is requested again, ms. */
const LOAD_AGAIN_MS = 5_000;

/** Whether this browser supports audio and video. */
function isCallable(): boolean {
  return globalThis.RTCPeerConnection?.generateCertificate !== undefined;
}

/** Whether WebRTC works: a policy or an extension can leave its names and remove the rest. */
function canConnect(): boolean {
  try {
    new RTCPeerConnection().close();
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts a call: connects, prepares the media transports and opens the requested devices. It ends by `leave`
 * or by itself (`view.end`).
 */
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
  readonly #places: MediaPlaces;
  /**
   * Separate from the media code, which a click need not wait for: the browser's picker opens only within a
   * click.
   */
  readonly #devicesLoading: Promise<Devices | undefined>;
  #devices: Devices | undefined;
  /** An offer made before the media code is loaded, if possible. */
  readonly #earlyOffer: ReturnType<typeof prepareOffer> | undefined;
  readonly #mediaLoading: Promise<Media | undefined>;
  #media: Media | undefined;
  /** Settles when the transports that the edge described last are being connected. */
  #opening: Promise<void> = Promise.resolve();
  #published: ReadonlyMap<TrackSource, TrackId> = new Map();
  /** Sources published by a page before this one that the first hello has ended; undefined: unknown. */
  #ended: Stood["muted"] | undefined;
  /** Folds events and predicts the state after pending commands; loaded with the devices. */
  #fold: Fold | undefined;
  /** The space whose speakers are shown; null: the main room. */
  #spokenIn: SpaceId | null = null;
  readonly #listeners = new Set<FeatureListener>();
  /**
   * The person is in the meeting with another device, too, and was there before; undefined: not decided yet.
   */
  #isSecond: boolean | undefined;

  constructor(start: CallStart) {
    this.#start = start;
    const url = new URL("/v1/signal", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const identity = { room: start.roomId, ...start.link !== "" && { link: start.link }, tab: tabId() };
    this.#places = new MediaPlaces({
      setPlace: (place) => this.#set("place", place),
      measured: (rttByNode) => this.#session.send({ type: "rtt.measured", rttByNode }),
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
      met: ({ needs, account, isLinkForAll, clusterVersion, elsewhere = 0, ended }) => {
        this.#ended ??= ended;
        this.#set({ needs, account, isLinkForAll, clusterVersion, elsewhere });
      },
      cluster: (clusterVersion) => this.#set({ clusterVersion }),
      waiting: () => this.#wait(),
      admitted: () => this.#enterMeeting(),
      sentBack: (code) => this.#sendBack(code),
      declined: (text) => this.#set("declinedText", text),
      happened: (event) => {
        const isHere = this.#fold?.concerns(event, this.#space) ?? true;
        if (isHere) this.#tell((listener) => listener.event?.(event));
      },
      shown: (message) => this.#tell((listener) => listener.message?.(message)),
      stopped: (trackId, by) => this.#stopped(trackId, by),
      connection: (connection) => this.#set("connection", connection),
      changed: () => this.#roomChanged(),
      ended: (end) => this.#end(end),
    });
    [this.view, this.#set] = createView(start, rememberedWishes().speakerId, this.#session.log.state);
    const capabilities = isCallable() ? rememberedCapabilities() : undefined;
    this.#earlyOffer = capabilities && prepareOffer(capabilities);
    this.#earlyOffer?.catch((cause) => console.warn("media: no offer", cause));
    this.#devicesLoading = this.#loadDevices();
    this.#mediaLoading = this.#loadMedia();
  }

  start(): void {
    const { signal } = this.#life;
    markFirstFrame((track) => Object.values(this.view.received).includes(track));
    this.#session.start();
    const moved = () => {
      this.#media?.networkChanged();
      this.#places.networkChanged();
    };
    const note = () => {
      const { phase } = this.view;
      if (phase === "joined" || phase === "waiting") rememberJoined(this.#start.roomId, this.#standing());
    };
    every(JOINED_NOTE_MS, note, signal);
    globalThis.addEventListener("pagehide", ({ persisted }) => {
      if (!persisted) note();
    }, { signal });
    globalThis.addEventListener("online", moved, { signal });
    onNetworkChange(moved, signal);
    void this.#begin();
  }

  send(draft: CommandDraft): Promise<Refusal | null> {
    return this.#session.ask(draft);
  }

  async join(name: string, password?: string, replaces = false): Promise<Refusal | null> {
    performance.mark(MARKS.click);
    if (replaces) {
      this.#isSecond = false;
      this.setSound(true);
    } else if (this.view.elsewhere > 0) this.#becomeSecond();
    return await this.#joinBy(name, this.#session.join(name, password, replaces));
  }

  question(draft: QuestionDraft): Promise<FeatureDown | null> {
    return this.#session.question(draft);
  }

  tell(message: Tell): void {
    this.#session.send(message);
  }

  listen(listener: FeatureListener, signal: AbortSignal): void {
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }

  #tell(what: (listener: FeatureListener) => void): void {
    for (const listener of this.#listeners) what(listener);
  }

  async leave(): Promise<void> {
    this.#end("left");
    await this.#session.leave();
  }

  setMicrophone(on: boolean): Promise<void> {
    return this.#withDevices((devices) => devices.setMicrophone(on));
  }

  setCamera(on: boolean): Promise<void> {
    return this.#withDevices((devices) => devices.setCamera(on));
  }

  startScreen(): Promise<void> {
    return this.#withDevices((devices) => devices.startScreen());
  }

  stopScreen(): Promise<void> {
    return this.#withDevices((devices) => devices.turnOff("screen"));
  }

  setSound(on: boolean): void {
    this.#set("local", "isSilent", !on);
    this.#media?.setSilent(!on);
  }

  chooseDevice(kind: "microphone" | "camera" | "speaker", deviceId: string): Promise<void> {
    return this.#withDevices((devices) => devices.choose(kind, deviceId));
  }

  setVideoView(tracks: readonly VideoView[]): void {
    void this.#withMedia((media) => media.setVideoView(tracks));
  }

  playBlocked(): Promise<void> {
    return this.#withDevices((devices) => devices.playBlocked());
  }

  ownTrack(source: TrackSource): TrackId | undefined {
    return this.#published.get(source);
  }

  /**
   * Joins if that was requested. Local devices open after that: opening them would compete with the first
   * remote picture.
   */
  async #begin(): Promise<void> {
    if (this.#start.joinAs !== undefined) await this.#enter(this.#start.joinAs);
    const { stood } = this.#start;
    const ended = stood?.joinedAt === this.#standing()?.joinedAt ? this.#ended : undefined;
    await this.#opened(PATH_PATIENCE_MS);
    await this.#withDevices((devices) => devices.start(stood?.muted, ended, this.#isSecond));
  }

  /** This person's state in the room, if known. */
  #standing(): Stood | undefined {
    const { you, log: { state: { participants, tracks } } } = this.#session;
    const joinedAt = you && participants[you]?.joinedAt;
    if (joinedAt === undefined) return undefined;
    const own = Object.values(tracks).filter(({ participantId }) => participantId === you);
    const muted = Object.fromEntries(own.map(({ source, muted }) => [source, muted]));
    const isSecond = this.#isSecond === true;
    return { joinedAt, muted, ...isSecond && { isSecond, isSilent: this.view.local.isSilent } };
  }

  /** Resolves when the transports that the edge described last are being connected, or after `patienceMs`. */
  async #opened(patienceMs: number): Promise<void> {
    const patience = Promise.withResolvers<void>();
    after(patienceMs, patience.resolve, this.#life.signal);
    await Promise.race([this.#opening, patience.promise]);
  }

  async #enter(name: string): Promise<void> {
    const entering = async () => {
      const refusal = await this.#session.enter(name);
      if (refusal === null) await this.#opened(DRAWING_PATIENCE_MS);
      return refusal;
    };
    const refusal = await this.#joinBy(name, entering());
    const end = refusal && endOfRefusal(refusal.refused);
    if (end) this.#end(end);
  }

  async #joinBy(name: string, joining: Promise<Refusal | null>): Promise<Refusal | null> {
    this.#set({ phase: "joining", sentBack: undefined });
    if (this.view.needs?.admission !== true) void this.#withMedia((media) => media.setJoined(true));
    const refusal = await joining;
    if (this.view.phase === "ended") return refusal;
    if (refusal === null) {
      rememberName(name, this.view.account);
      rememberJoined(this.#start.roomId);
      if (this.#session.isWaiting) this.#wait();
      else this.#enterMeeting();
    } else {
      this.#set("phase", "lobby");
      void this.#withMedia((media) => media.setJoined(false));
    }
    return refusal;
  }

  /** The person was in, and the room admits them again only through the lobby: its password has changed. */
  #sendBack(code: RefusalCode): void {
    if (this.view.phase === "ended") return;
    rememberJoined(null);
    this.#devices?.leaveMeeting();
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
    this.#decideSecond();
    this.#set("phase", "joined");
    void this.#withMedia((media) => media.setJoined(true));
  }

  /** A further device of a person is silent at first, so that nothing howls; a reload changes nothing. */
  #decideSecond(): void {
    const { stood } = this.#start;
    if (this.#isSecond !== undefined) return;
    if (stood !== undefined) {
      this.#isSecond = stood.isSecond === true;
      if (stood.isSilent) this.setSound(false);
      return;
    }
    if (this.view.elsewhere > 0 || this.#hasOtherDevices() === true) this.#becomeSecond();
    else this.#isSecond = false;
  }

  /** Whether the person is in the room with another device, too; undefined: not known yet. */
  #hasOtherDevices(): boolean | undefined {
    const { you, log: { state: { participants } } } = this.#session;
    const self = you && participants[you];
    if (!self) return undefined;
    return Object.values<Participant>(participants).some(({ id, persons }) =>
      id !== you && persons[0] === self.persons[0]
    );
  }

  #becomeSecond(): void {
    this.#isSecond = true;
    this.setSound(false);
    this.#devices?.turnOff("microphone");
  }

  /**
   * Handles a moderator muting or ending what this person publishes: the device follows, and so does the
   * remembered wish, which a reload would follow.
   */
  #stopped(trackId: TrackId, by: ParticipantId | undefined): void {
    const source = [...this.#published].find(([, published]) => published === trackId)?.[0];
    if (source === undefined) return;
    this.#set("stopped", { source, by: by && this.view.state.participants[by]?.name || "" });
    void this.#withDevices((devices) => devices.wishOff(source));
  }

  #end(end: CallEnd): void {
    if (this.view.phase === "ended") return;
    this.#set({ phase: "ended", end });
    this.#life.abort();
    if (end !== "outdated") rememberJoined(null);
    this.#devices?.close();
    this.#places.close();
    void this.#withMedia((media) => media.close());
    if (end !== "left") this.#session.close();
  }

  async #loadMedia(): Promise<Media | undefined> {
    const host: Parameters<typeof Media.load>[0] = {
      send: (message) => this.#session.send(message),
      ask: (draft) => this.#session.ask(draft),
      withdraw: (trackId) =>
        this.#session.pending.withdraw(
          (command) => command.type === "track.publish" && command.trackId === trackId,
          refuse("media.unavailable"),
        ),
      state: () => this.#here,
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
      // In a Solid store, undefined removes the key.
      setReceived: (trackId, track) => this.#set("received", trackId, track as MediaStreamTrack),
      speakerRefused: () => void this.#withDevices((devices) => devices.speakerRefused()),
      setLevel: (level) => this.#set("local", "level", level),
      setSpeakingAloud: (isAloud) =>
        this.#set("local", "speakingWhileMuted", isAloud && this.view.local.microphone.state === "off"),
      forbidden: (source) => void this.#withDevices((devices) => devices.turnOff(source)),
      setPublished: (tracks) => this.#published = tracks,
      setSpeaking: (trackIds) => this.#speaking(trackIds),
    };
    if (this.#start.joinAs !== undefined && this.#earlyOffer !== undefined) {
      // The direct join's hello goes first, one turn after the offer: mediasoup-client blocks this tab's only
      // thread for 50 ms.
      await this.#earlyOffer.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve));
    }
    while (!this.#life.signal.aborted && isCallable()) {
      try {
        const { Media } = await import("./media.ts");
        this.#media = await Media.load(host, this.#earlyOffer);
        this.#media.setSpeaker(this.view.local.speakerId);
        this.#media.setSilent(this.view.local.isSilent);
        return this.#media;
      } catch (cause) {
        console.warn("media: not loaded", cause);
        if (cause instanceof Error && cause.name === "UnsupportedError" || !canConnect()) break;
        this.#set("media", "none");
        await this.#untilNextLoad();
      }
    }
    this.#set("media", "unsupported");
    void this.#withDevices((devices) => devices.showScreen());
    return undefined;
  }

  async #loadDevices(): Promise<Devices | undefined> {
    const { signal } = this.#life;
    while (!signal.aborted) {
      try {
        const { Devices, fold } = await import("../behind_lobby.ts");
        if (signal.aborted) break;
        this.#fold = fold;
        this.#session.log.use(fold);
        this.#roomChanged();
        return this.#devices = new Devices(this.view, this.#set, {
          setOwn: (source, own) => void this.#withMedia((media) => media.setOwn(source, own)),
          setSpeaker: (speakerId) => this.#media?.setSpeaker(speakerId),
        }, signal);
      } catch (cause) {
        console.warn("devices: not loaded", cause);
        await this.#untilNextLoad();
      }
    }
    return undefined;
  }

  #untilNextLoad(): Promise<void> {
    return new Promise((resolve) => after(LOAD_AGAIN_MS, resolve, this.#life.signal));
  }

  /**
   * Calls `use` at once, within the click that asked for it, or when the devices' code is loaded; not after
   * the end.
   */
  async #withDevices(use: (devices: Devices) => void | Promise<void>): Promise<void> {
    const devices = this.#devices ?? await this.#devicesLoading;
    if (devices !== undefined && !this.#life.signal.aborted) await use(devices);
  }

  /** Calls `use` now, or once the media code is loaded. Never rejects. */
  async #withMedia(use: (media: Media) => void | Promise<void>): Promise<void> {
    const media = this.#media ?? await this.#mediaLoading;
    try {
      if (media !== undefined) await use(media);
    } catch (cause) {
      console.error("media", cause);
    }
  }

  async #peerForHello(): Promise<PeerOfHello> {
    const none = { peer: "none" } as const;
    if (this.#media === undefined && this.#earlyOffer !== undefined) {
      return await this.#earlyOffer.then(({ offer }) => ({ peer: offer }), () => none);
    }
    const patience = Promise.withResolvers<PeerOfHello>();
    after(MEDIA_PATIENCE_MS, () => patience.resolve(none), this.#life.signal);
    const offered = this.#mediaLoading.then(async (media) => await media?.peerForHello() ?? none);
    return await Promise.race([offered, patience.promise]);
  }

  /** The room as it is in this person's space. */
  get #here(): RoomState {
    const { log: { state }, you } = this.#session;
    return this.#fold?.inSpaceOf(state, you) ?? state;
  }

  /** This person's space; null: the main room. */
  get #space(): SpaceId | null {
    const { log: { state: { participants } }, you } = this.#session;
    return (you && participants[you]?.spaceId) ?? null;
  }

  #roomChanged(): void {
    const { log: { state }, pending, you } = this.#session;
    const { commands } = pending;
    const here = this.#here;
    const everyone = state.participants;
    if (this.#space !== this.#spokenIn) this.#set("speaking", []);
    this.#spokenIn = this.#space;
    this.#set({ you, everyone, state: this.#fold?.predict(here, commands, you, Date.now()) ?? here });
    if (commands.length + this.view.pending.length > 0) {
      this.#set("pending", commands.map(({ id, ...draft }) => ({ id, draft: draft as CommandDraft })));
    }
    this.#media?.changed();
    if (this.view.local.isSilent && this.#hasOtherDevices() === false) this.setSound(true);
  }

  #speaking(trackIds: readonly TrackId[]): void {
    const { tracks } = this.#here;
    const speaking = trackIds.flatMap((trackId) => tracks[trackId]?.participantId ?? []);
    this.#set("speaking", [...new Set(speaking)]);
  }
}
