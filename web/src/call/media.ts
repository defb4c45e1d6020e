import type {
  DownOf,
  NodeId,
  PeerAnswer,
  peerDown,
  SpaceId,
  TrackId,
  Tracks,
  TrackSource,
  UpOf,
} from "@tafelrunde/protocol";
import type { Device } from "mediasoup-client";
import type { VideoView } from "./api.ts";
import { Arrivals } from "./arrivals.ts";
import { ConsumersAhead } from "./consumers_ahead.ts";
import { LevelMeter } from "./level.ts";
import type { MediaHost } from "./media_host.ts";
import { type PreparedOffer, prepareOffer, rememberCapabilities } from "./offer.ts";
import { loadDevice, Peer } from "./peer.ts";
import { Playback } from "./playback.ts";
import { type OwnMedia, Publisher } from "./publisher.ts";
import { Receiver } from "./receiver.ts";
import { TrackSwitcher } from "./track_switcher.ts";
import { Stillness } from "./stillness.ts";
import { after, every } from "./timer.ts";
import { ViewSender } from "./view_sender.ts";
import { WATCH_INTERVAL_MS, Watchdog, watched } from "./watchdog.ts";

/**
 * Delay of one's own tracks after the lobby, ms: encoders that start compete with the first remote picture
 * for the processor. By then that picture has usually arrived (bench:join).
 */
const SEND_DELAY_MS = 250;

/** Delay after an unanswered or refused `peer.open` before the next one, ms. */
const REOPEN_DELAY_MS = 2_000;

/** Longest wait for the answer to a `peer.open`, ms: the control channel's deadline and a slow network. */
const OPEN_DEADLINE_MS = 8_000;

/**
 * Shortest and longest time that the old transports are kept after this client no longer needs them, ms:
 * others might still see what came through them.
 */
const HANDOVER_LINGER_MS = [1_000, 3_000] as const;

/**
 * Longest time that old transports are kept beside the new ones, ms: until the last participant of a draining
 * node has moved (F11), others are seen through them.
 */
const HANDOVER_DEADLINE_MS = 18_000;

export type PeerMessage = DownOf<keyof typeof peerDown>;

/** The media part of a hello. */
export type PeerOfHello = Pick<UpOf<"hello">, "peer" | "onNode" | "onPath">;

/** The transports on one node, and what is sent and received through them. */
interface Path {
  readonly peer: Peer;
  readonly receiver: Receiver;
  readonly nodeId: NodeId;
  /** The offer that opened it, which can be reused on another node. */
  readonly prepared: PreparedOffer;
}

/**
 * The media transports of a call: opens them in the lobby, keeps them alive, and opens new ones when they
 * cannot be repaired. Receiving, publishing and playback depend on them. Loaded with mediasoup-client, after
 * the lobby.
 */
export class Media {
  readonly #device: Device;
  readonly #host: MediaHost;
  readonly #publisher: Publisher;
  readonly #playback: Playback;
  readonly #level: LevelMeter;
  #microphone: MediaStreamTrack | null = null;
  readonly #view: ViewSender;
  readonly #watchdog = new Watchdog();
  readonly #stillness = new Stillness();
  /** Tracks from which the node says that nothing arrives. */
  #silent: readonly TrackId[] = [];
  readonly #arrivals = new Arrivals();
  readonly #life = new AbortController();
  /** The offer that was made and not yet used: if it is sent again unchanged, the node repeats its answer. */
  #prepared: Promise<PreparedOffer> | undefined;
  /** Whether the offer was made for this browser before an update; its answer is useless. */
  #isStale: boolean;
  /** The offer that the edge has of this client; undefined: another one is being sent, or there was none. */
  #standing: PreparedOffer | undefined;
  readonly #ahead = new ConsumersAhead();
  readonly #switcher: TrackSwitcher;
  #path: Path | undefined;
  /** The old transports, while their media is shown until it arrives through the new ones. */
  #leaving: Path | undefined;
  #reopening: AbortController | undefined;
  #isJoined = false;
  /**
   * The room's tracks at the last look. A track can be received before the room announces it, never after it
   * is gone.
   */
  #tracks: Tracks = {};
  /** The space of the last state; undefined: the main room. */
  #spaceId: SpaceId | undefined;
  #ticks = 0;
  /**
   * Whether the transports were rebuilt because no picture arrived. Done once: if that does not help, the
   * fault is elsewhere.
   */
  #triedAnotherPath = false;

  /** `early` is an offer made from the remembered capabilities of this browser. */
  static async load(host: MediaHost, early: Promise<PreparedOffer> | undefined): Promise<Media> {
    const device = await loadDevice();
    const isUpToDate = rememberCapabilities({ ...device.recvRtpCapabilities });
    return new Media(device, host, early, isUpToDate);
  }

  private constructor(
    device: Device,
    host: MediaHost,
    early: Promise<PreparedOffer> | undefined,
    isUpToDate: boolean,
  ) {
    this.#device = device;
    this.#host = host;
    this.#publisher = new Publisher({
      ask: (ask) => host.ask(ask),
      withdraw: (trackId) => host.withdraw(trackId),
      forbidden: (source) => host.forbidden(source),
      published: (tracks) => host.setPublished(tracks),
    });
    this.#level = new LevelMeter({
      level: (level) => host.setLevel(level),
      speaking: (isAloud) => host.setSpeakingAloud(isAloud),
    });
    this.#playback = new Playback(() => host.speakerRefused());
    this.#view = new ViewSender({
      send: (message) => host.send(message),
      state: () => host.state(),
      you: () => host.you(),
      canLook: () => this.#isJoined && this.#path !== undefined,
    });
    this.#switcher = new TrackSwitcher({ show: (trackId, track) => this.#show(trackId, track) });
    every(WATCH_INTERVAL_MS, () => void this.#watch(), this.#life.signal);
    this.#prepared = early ?? this.#prepare();
    this.#isStale = early !== undefined && !isUpToDate;
  }

  /** The media part of a hello. */
  async peerForHello(): Promise<PeerOfHello> {
    if (this.#path === undefined) {
      const { offer } = await this.#prepare();
      this.#standing = undefined;
      return { peer: offer };
    }
    const { prepared, nodeId, peer } = this.#path;
    return { peer: prepared.offer, onNode: nodeId, onPath: peer.send.id };
  }

  /** Handles the edge's answer to the hello. */
  async welcomed(answer: PeerAnswer | "kept" | null): Promise<void> {
    this.#view.forget();
    if (answer === null) this.#reopen(0);
    else if (answer === "kept") {
      // The edge announces again what is still interrupted.
      this.#setInterrupted({});
      this.#path?.peer.repair("broken");
    } else await this.#open(answer, this.#path?.prepared);
  }

  /** Sets whether the person is in the room: what was prepared is played and published only then. */
  setJoined(isJoined: boolean): void {
    if (isJoined === this.#isJoined) return;
    this.#isJoined = isJoined;
    if (isJoined) this.#attach(SEND_DELAY_MS);
    else this.#publisher.withdrawAll();
  }

  async received(message: PeerMessage): Promise<void> {
    // The answer can arrive before the prepared offer is available.
    await this.#prepared;
    switch (message.type) {
      case "peer.opened":
        return await this.#open(message.answer);
      case "peer.moved":
        // Not while another offer is being sent: its answer counts.
        if (this.#standing !== undefined) await this.#open(message.answer, this.#standing, message.lost);
        return;
      case "media.interrupted":
        return this.#setInterrupted({ interrupted: message.trackIds, silent: message.silent });
      case "peer.closed":
        // The message is about transports that have been replaced, or are about to be.
        if (message.path !== undefined && message.path !== this.#path?.peer.send.id) return;
        return this.#reopen(message.retryAfterMs);
      case "consumers.opened": {
        const path = this.#pathOf(message.path);
        if (path === undefined) this.#ahead.open(message.path, message.consumers);
        return await path?.receiver.open(message.consumers);
      }
      case "consumers.closed":
        this.#ahead.close(message.path, message.trackIds);
        return this.#pathOf(message.path)?.receiver.close(message.trackIds);
      case "transport.restarted":
        return await this.#pathOf(message.path)?.peer.restarted(message);
      case "peer.checked":
        if (this.#arrivals.answered(message.sentBytes, performance.now())) this.#reopen(0);
        return;
      case "speakers":
        return this.#host.setSpeaking(message.speakers.map(({ trackId }) => trackId));
      case "track.demand":
        return await this.#publisher.demand(message.trackId, message.layer);
      default:
        return message satisfies never;
    }
  }

  /** The room's state has changed. */
  changed(): void {
    if (!this.#isJoined) return;
    const state = this.#host.state();
    const you = this.#host.you();
    this.#publisher.obey(state, you);
    const spaceId = you && state.participants[you]?.spaceId;
    // The node has chosen a view of the new space by itself.
    if (spaceId !== this.#spaceId) this.#view.forget();
    this.#spaceId = spaceId;
    const { tracks } = state;
    if (tracks === this.#tracks) return;
    const gone = Object.values(this.#tracks).filter(({ id }) => tracks[id] === undefined);
    for (const path of [this.#path, this.#leaving]) path?.receiver.close(gone.map(({ id }) => id));
    this.#tracks = tracks;
    this.#publisher.confirm(tracks);
    this.#view.schedule();
  }

  setOwn(source: TrackSource, media: OwnMedia | undefined): void {
    this.#publisher.set(source, media);
    if (source !== "microphone" || media?.track === this.#microphone) return;
    this.#microphone = media?.track ?? null;
    this.#level.measure(this.#microphone ?? undefined);
  }

  setVideoView(videos: readonly VideoView[]): void {
    this.#view.show(videos);
  }

  setSpeaker(speakerId: string): void {
    this.#playback.setSpeaker(speakerId);
  }

  setSilent(isSilent: boolean): void {
    this.#playback.setSilent(isSilent);
  }

  /** The device moved to another network: its old addresses are invalid. */
  networkChanged(): void {
    this.#path?.peer.repair("all");
  }

  close(): void {
    this.#life.abort();
    this.#reopening?.abort();
    this.#view.close();
    this.#publisher.close();
    this.#closePath();
    this.#switcher.close();
    this.#playback.close();
    this.#level.close();
  }

  #pathOf(id: string): Path | undefined {
    return [this.#path, this.#leaving].find((path) => path?.peer.send.id === id);
  }

  #prepare(): Promise<PreparedOffer> {
    return this.#prepared ??= prepareOffer({ ...this.#device.recvRtpCapabilities });
  }

  /**
   * Switches to the transports of `answer`. `again`: they were made with the offer of the current ones, to
   * replace them; what those still carry is shown and sent until it goes through the new ones. `isLost`: they
   * carry nothing, and their last pictures are shown.
   */
  async #open(answer: PeerAnswer, again?: PreparedOffer, isLost = false): Promise<void> {
    const prepared = again ?? await this.#prepare();
    if (this.#life.signal.aborted) return;
    // The direct join is answered twice, by HTTP and over the socket, when the second hello overtakes the
    // first answer's transports.
    if (this.#path?.peer.send.id === answer.send.id) return;
    if (again === undefined) this.#prepared = undefined;
    this.#standing = prepared;
    this.#reopening?.abort();
    this.#reopening = undefined;
    if (this.#isStale) {
      this.#isStale = false;
      this.#closePath();
      return this.#reopen(0);
    }
    let wasLive = false;
    const peer: Peer = new Peer(this.#device, prepared, answer, {
      send: (message) => this.#path === path && this.#host.send(message),
      changed: () => {
        wasLive ||= peer.isLive;
        if (this.#path === path) this.#host.setPath(peer.isLive ? "live" : wasLive ? "broken" : "connecting");
      },
      failed: () => {
        if (this.#path === path) this.#reopen(0);
      },
    });
    const receiver = new Receiver(peer.recv, this.#switcher);
    const path: Path = { peer, receiver, nodeId: answer.nodeId, prepared };
    closeNow(this.#leaving);
    this.#leaving = this.#path;
    this.#leaving?.receiver.leave();
    this.#path = path;
    // Its encoders would compete with the new connection for the processor.
    if (isLost) this.#leaving?.peer.send.close();
    this.#host.setNode(answer.nodeId, answer.why);
    this.#setInterrupted(answer);
    if (this.#leaving === undefined) this.#host.setPath("connecting");
    this.#view.forget();
    if (this.#isJoined) this.#attach(0);
    // Receiving goes first: the two would compete for this tab's only thread.
    const opened = receiver.open([...answer.consumers, ...this.#ahead.take(answer.send.id)]);
    // ICE and DTLS need not wait for tracks that arrive later or never.
    if (receiver.isIdle) peer.warm("recv");
    await opened;
    if (!this.#isJoined || !this.#publisher.hasSomething) peer.warm("send");
    await this.#handOver(path);
  }

  /** Closes the old transports once nothing depends on them anymore. */
  async #handOver(path: Path): Promise<void> {
    const leaving = this.#leaving;
    if (leaving !== undefined) {
      const deadline = Promise.withResolvers<void>();
      after(HANDOVER_DEADLINE_MS, deadline.resolve, this.#life.signal);
      const isDone = async () => {
        await this.#publisher.settled();
        await leaving.receiver.emptied();
        // It would keep decoding what nobody looks at.
        leaving.peer.recv.close();
        const [shortest, longest] = HANDOVER_LINGER_MS;
        const lingerMs = shortest + Math.random() * (longest - shortest);
        await new Promise<void>((resolve) => after(lingerMs, resolve, this.#life.signal));
      };
      await Promise.race([isDone(), deadline.promise]);
      if (this.#leaving === leaving) this.#leaving = undefined;
      closeNow(leaving);
      path.receiver.expectNothing();
    }
    if (this.#path === path) this.#host.send({ type: "peer.settled", nodeId: path.nodeId });
  }

  /** Records which tracks do not arrive: shown in the tiles at once, and for silent ones at the next look. */
  #setInterrupted({ interrupted = [], silent = [] }: Pick<PeerAnswer, "interrupted" | "silent">): void {
    this.#host.setInterrupted(interrupted);
    this.#silent = silent;
  }

  #attach(sendDelayMs: number): void {
    const current = this.#path;
    if (current === undefined) return;
    const { state, you } = this.#host;
    for (const { id, participantId } of Object.values(state().tracks)) {
      if (participantId !== you() || this.#publisher.has(id)) continue;
      void this.#host.ask({ type: "track.unpublish", trackId: id });
    }
    this.#publisher.attach(this.#device, current.peer.send, sendDelayMs);
    this.#switcher.forEach((trackId, track) => this.#show(trackId, track));
    this.#view.schedule();
  }

  #show(trackId: TrackId, track: MediaStreamTrack | undefined): void {
    this.#host.setReceived(trackId, track);
    if (track === undefined) this.#playback.stop(trackId);
    else if (track.kind === "audio" && this.#isJoined) this.#playback.play(trackId, track);
  }

  /**
   * The transports are lost: opens new ones, with new certificates, after `delayMs` and until that succeeds.
   */
  #reopen(delayMs: number): void {
    this.#reopening?.abort();
    if (this.#life.signal.aborted) return;
    const reopening = new AbortController();
    this.#reopening = reopening;
    this.#host.setPath(this.#path === undefined ? "none" : "broken");
    this.#closePath();
    after(delayMs, () => void this.#askToOpen(reopening.signal), reopening.signal);
  }

  async #askToOpen(signal: AbortSignal): Promise<void> {
    const { offer } = await this.#prepare();
    if (signal.aborted) return;
    // Without signaling, the next hello carries the offer.
    if (!this.#host.send({ type: "peer.open", offer })) return;
    this.#standing = undefined;
    after(OPEN_DEADLINE_MS, () => this.#reopen(REOPEN_DELAY_MS), signal);
  }

  #closePath(): void {
    closeNow(this.#leaving);
    this.#leaving = undefined;
    if (this.#path === undefined) return;
    this.#publisher.detach();
    closeNow(this.#path);
    this.#path = undefined;
  }

  /**
   * Requests key frames for pictures that do not appear, and requests tracks again that do not arrive at all.
   */
  async #watch(): Promise<void> {
    const current = this.#path;
    // Without working transports of one's own, others cannot be blamed.
    if (current?.peer.isLive !== true || !this.#isJoined) return this.#host.setStill([]);
    const frames = this.#ticks++ % 2 === 0 || this.#watchdog.hasDark
      ? await current.receiver.progress()
      : undefined;
    if (frames === undefined || current !== this.#path) return;
    const { state, you } = this.#host;
    const now = performance.now();
    this.#host.setStill(this.#stillness.look(frames, this.#view.videos, state(), you(), now, this.#silent));
    const isExpecting = Object.values(state().tracks).some(({ id, muted, source }) =>
      !muted && (source === "camera" || source === "microphone") && frames.has(id)
    );
    if (this.#arrivals.look(current.receiver.arrivedPackets, isExpecting, performance.now())) {
      this.#host.send({ type: "peer.check" });
    }
    const pictures = watched(this.#view.videos, state(), you(), frames);
    const overdue = this.#watchdog.look(pictures, performance.now());
    if (!this.#watchdog.hasDark) this.#triedAnotherPath = false;
    if (this.#watchdog.isBlind && !this.#triedAnotherPath) {
      this.#triedAnotherPath = true;
      return this.#reopen(0);
    }
    for (const trackId of overdue) {
      // The edge announces again what is not received.
      this.#host.send({ type: "track.refresh", trackId });
      if (!frames.has(trackId)) this.#view.forget();
    }
  }
}

function closeNow(path: Path | undefined): void {
  path?.receiver.leave();
  path?.receiver.closeAll();
  path?.peer.close();
}
