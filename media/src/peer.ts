import type {
  ConsumerInfo,
  Direction,
  JsonObject,
  PeerOffer,
  TransportInfo,
  ViewTrack,
} from "@tafelrunde/protocol";
import { Allowance } from "@tafelrunde/protocol/allowance";
import { ortc, type types } from "mediasoup";
import { ADMISSION_RESUME_DELAY_MS, RESUME_DELAY_MS, ResumeDelays } from "./resume_delay.ts";
import { PACE } from "./pace.ts";
import { Replaced } from "./replaced.ts";
import type { RoomRouter } from "./room_router.ts";
import { Subscription } from "./subscription.ts";
import { LocalTrack, type ReceivedTrack, type TrackFacts } from "./track.ts";
import type { TrackBook } from "./track_book.ts";
import { automaticView, maySee, type Wish, wishes } from "./view.ts";

/**
 * How long a peer that comes from a draining node waits for the others' tracks to be published elsewhere, ms:
 * within 12 s every participant is moving (F11), and its client keeps the old transports for 18 s.
 */
const BESIDE_LIMIT_MS = 17_000;

/** What a peer needs from its room. */
export interface PeerRoom {
  readonly tracks: Pick<TrackBook<TrackFacts>, "get" | "values">;
  /** Whether a track is published on another node. */
  isFrom(trackId: string, nodeId: string): boolean;
  /**
   * A peer wants a track from now on. Returns the track's producer on the peer's router; undefined: not yet,
   * `match` will be called again.
   */
  use(trackId: string, peer: Peer): types.Producer | undefined;
  unuse(trackId: string, peer: Peer): void;
  /** Largest layer of a video track that a peer wants; -1: none. */
  want(trackId: string, peer: Peer, layer: number): void;
  /** The peer's consumers changed after its response was sent. */
  changed(peer: Peer, opened: readonly ConsumerInfo[], closed: readonly string[]): void;
  /** Schedules a call of the peer's `match`. */
  rematch(peer: Peer): void;
  /**
   * Reserves a slot for a consumer of a track that has not sent media yet; undefined: none is free now,
   * `match` will be called again.
   */
  holdSilent(peer: Peer): (() => void) | undefined;
  /** Whether a peer can be sent another video now. */
  mayGrow(peer: Peer): boolean;
  /** A track could not be sent to a peer. */
  unsendable(error: unknown): void;
}

export interface PeerOptions {
  readonly id: string;
  readonly offer: PeerOffer;
  /** Whether the participant is in the room; otherwise they wait in the lobby and no media flows. */
  readonly live: boolean;
  /** Nothing is prepared before the participant is in the room. */
  readonly blind: boolean;
  /** The draining node that the participant's media still comes from; null if there is none. */
  readonly beside: string | null;
  /** Number of video tracks in the automatic view. */
  readonly videos: number;
  /** The edge that receives its notices. */
  readonly edgeId: string;
  /** Key of the network that the participant connects from; null if unknown. */
  readonly origin: string | null;
  readonly isOfTenant: boolean;
  /** Null: the main room. */
  readonly space: string | null;
}

/** The client's receive capabilities are invalid for mediasoup. */
export class UnfitOffer extends Error {
  override readonly name = "UnfitOffer";
}

let lastNumber = 0;

/**
 * One participant's media in one room: a transport in each direction, and the consumers on the receiving one.
 */
export class Peer {
  readonly id: string;
  /** Number among all peers of this process, in order of creation: 1, 2, 3 … */
  readonly number = ++lastNumber;
  /** Holds its transports. */
  readonly router: RoomRouter;
  readonly openedAt = performance.now();
  /** Remaining allowance of rate-limited requests. */
  readonly pace = new Allowance(PACE, this.openedAt);
  edgeId: string;
  readonly origin: string | null;
  readonly isOfTenant: boolean;
  #space: string | null;
  /** When its edge was lost, in the time of `performance.now`. */
  orphanedAt: number | undefined;
  /** Whether its edge missed updates while it was disconnected. */
  missed = false;
  readonly #room: PeerRoom;
  readonly #offer: PeerOffer;
  readonly #capabilities: types.RtpCapabilities;
  readonly #transports: Readonly<Record<Direction, types.WebRtcTransport>>;
  /** It has no tracks until it is live, and then receives all at once. */
  #blind: boolean;
  readonly #videos: number;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #unsendable = new Set<string>();
  /** Tracks that the room knows this peer wants, and those among them with a wanted layer. */
  readonly #used = new Set<string>();
  readonly #wanted = new Set<string>();
  readonly #resumeDelays = new ResumeDelays();
  readonly #replaced = new Replaced();
  #beside: string | null;
  #besideTimer: ReturnType<typeof setTimeout> | undefined;
  #live: boolean;
  #view: readonly ViewTrack[] | undefined;
  #answered = false;
  #closed = false;
  #stale = false;
  #matching: Promise<void> | undefined;

  private constructor(
    room: PeerRoom,
    router: RoomRouter,
    { id, offer, live, blind, beside, videos, edgeId, origin, isOfTenant, space }: PeerOptions,
    capabilities: types.RtpCapabilities,
    transports: Readonly<Record<Direction, types.WebRtcTransport>>,
  ) {
    this.id = id;
    this.router = router;
    this.edgeId = edgeId;
    this.origin = origin;
    this.isOfTenant = isOfTenant;
    this.#space = space;
    this.#room = room;
    this.#offer = offer;
    this.#live = live;
    this.#blind = blind;
    this.#beside = beside;
    if (beside !== null) this.#besideTimer = setTimeout(() => this.#endBeside(), BESIDE_LIMIT_MS);
    this.#videos = videos;
    this.#capabilities = capabilities;
    this.#transports = transports;
    transports.recv.on("dtlsstatechange", (state) => {
      if (state === "connected") {
        for (const subscription of this.#subscriptions.values()) subscription.watch();
      }
    });
  }

  /**
   * Creates both transports and connects them to the offered fingerprints. Rejects with UnfitOffer if the
   * capabilities are invalid.
   */
  static async open(room: PeerRoom, router: RoomRouter, options: PeerOptions): Promise<Peer> {
    const { offer } = options;
    const capabilities: types.RtpCapabilities = structuredClone(offer.capabilities);
    try {
      ortc.validateAndNormalizeRtpCapabilities(capabilities);
    } catch (error) {
      throw new UnfitOffer("", { cause: error });
    }
    const opened = await Promise.allSettled([router.openTransport(), router.openTransport()]);
    const [send, recv] = opened.map((result) => result.status === "fulfilled" ? result.value : undefined);
    try {
      if (send === undefined || recv === undefined) {
        throw opened.find((result) => result.status === "rejected")?.reason;
      }
      await Promise.all([connect(send, offer.sendFingerprint), connect(recv, offer.recvFingerprint)]);
      return new Peer(room, router, options, capabilities, { send, recv });
    } catch (error) {
      send?.close();
      recv?.close();
      throw error;
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Null: the main room. */
  get space(): string | null {
    return this.#space;
  }

  get live(): boolean {
    return this.#live;
  }

  /** Whether nothing was prepared that reveals who is in the room. */
  get blind(): boolean {
    return this.#blind;
  }

  /** Id of the transport that it sends on. */
  get sendId(): string {
    return this.#transports.send.id;
  }

  get subscriptions(): number {
    return this.#subscriptions.size;
  }

  /** Whether `offer` is for the same connections that this peer has. */
  isFor(offer: PeerOffer): boolean {
    return offer.sendFingerprint === this.#offer.sendFingerprint &&
      offer.recvFingerprint === this.#offer.recvFingerprint;
  }

  /** How many tracks are sent to it now. */
  get receives(): number {
    return [...this.#subscriptions.values()].filter(({ flows, closed }) => flows && !closed).length;
  }

  /**
   * Whether this peer exposes no more than is allowed for a client that is not `live`, or that is `blind`.
   */
  mayStay({ live, blind }: { readonly live: boolean; readonly blind: boolean }): boolean {
    return live || (!this.#live && (!blind || this.#blind));
  }

  /** Its transports and consumers; later changes go to `PeerRoom.changed`. */
  describe(): { send: TransportInfo; recv: TransportInfo; consumers: ConsumerInfo[] } {
    this.#answered = true;
    const { send, recv } = this.#transports;
    return { send: transportInfo(send), recv: transportInfo(recv), consumers: this.consumers() };
  }

  consumers(): ConsumerInfo[] {
    return [...this.#subscriptions.values()].filter(({ closed }) => !closed).map(({ info }) => info);
  }

  /** Admits it from the lobby. */
  async start(): Promise<void> {
    this.#live = true;
    await this.match();
  }

  /** Sets the tracks that it shows, replacing the automatic or the previous view. */
  async setView(view: readonly ViewTrack[]): Promise<void> {
    this.#view = view;
    await this.match();
  }

  /**
   * It is in another space from now on, and gets the automatic view of that until its client sends another.
   * The caller then calls `match`.
   */
  moveTo(space: string | null): void {
    this.#space = space;
    this.#view = undefined;
  }

  async receive(options: Omit<ReceivedTrack, "peerId">): Promise<LocalTrack> {
    return await LocalTrack.receive(this.#transports.send, { ...options, peerId: this.id });
  }

  /**
   * Requests a key frame of a track that it is sent, and announces the track again; returns false if it is
   * not sent that track.
   */
  async refresh(trackId: string): Promise<boolean> {
    const subscription = this.#subscriptions.get(trackId);
    if (subscription === undefined) return false;
    this.#room.changed(this, [subscription.info], []);
    await subscription.refresh();
    return true;
  }

  /** New ICE parameters of one transport. */
  async restart(direction: Direction): Promise<JsonObject> {
    return { ...await this.#transports[direction].restartIce() };
  }

  /** Media sent to the participant since the transport was created, bytes; without retransmissions. */
  async sentBytes(): Promise<number> {
    const stats = await this.#transports.recv.getStats();
    return stats.reduce((sum, { rtpBytesSent }) => sum + rtpBytesSent, 0);
  }

  /**
   * Everything received from the participant since the transport was created, bytes; includes RTCP and
   * connectivity checks.
   */
  async receivedBytes(): Promise<number> {
    const stats = await this.#transports.send.getStats();
    return stats.reduce((sum, { bytesReceived }) => sum + bytesReceived, 0);
  }

  /** Bits per second over both transports. */
  async bitrates(): Promise<{ sendBps: number; recvBps: number }> {
    const { send, recv } = this.#transports;
    const stats = (await Promise.all([send.getStats(), recv.getStats()])).flat();
    return {
      sendBps: stats.reduce((sum, { sendBitrate }) => sum + sendBitrate, 0),
      recvBps: stats.reduce((sum, { recvBitrate }) => sum + recvBitrate, 0),
    };
  }

  /**
   * Makes the consumers match the view and the room; resolves once they do, including changes that arrive
   * meanwhile.
   */
  async match(): Promise<void> {
    this.#stale = true;
    this.#closeForbidden();
    if (!this.#closed) await (this.#matching ??= this.#matchAll());
  }

  /** Ends at once, without waiting for what replaces it, what the peer may not be sent anymore. */
  #closeForbidden(): void {
    for (const [trackId, subscription] of this.#subscriptions) {
      if (!this.#mayGet(trackId)) subscription.close();
    }
  }

  /** A track that has ended closes its consumers by itself. */
  #mayGet(trackId: string): boolean {
    const track = this.#room.tracks.get(trackId);
    return track === undefined || maySee(track, this);
  }

  async #matchAll(): Promise<void> {
    try {
      while (this.#stale && !this.#closed) {
        this.#stale = false;
        await this.#matchOnce();
      }
    } finally {
      this.#matching = undefined;
    }
  }

  async #matchOnce(): Promise<void> {
    const { tracks } = this.#room;
    const view = this.#view ?? automaticView(tracks.values(), this, this.#videos);
    const wished = wishes(this.#blind && !this.#live ? [] : view, tracks, this);
    for (const trackId of wished.keys()) {
      if (this.#beside !== null && this.#room.isFrom(trackId, this.#beside)) wished.delete(trackId);
    }
    const producers = this.#use(wished);
    this.#passOn(wished);
    const over = this.#unsubscribe((trackId, { closed, producerId }) =>
      closed || producers.get(trackId)?.id !== producerId
    );
    const made = await Promise.all(
      [...producers].map(([trackId, producer]) => this.#fulfil(wished.get(trackId)!, producer)),
    );
    const opened = made.filter((subscription) => subscription !== undefined);
    if (this.#closed) return;
    for (const subscription of opened) this.#subscriptions.set(subscription.trackId, subscription);
    for (const subscription of over) {
      if (this.#subscriptions.has(subscription.trackId)) this.#replaced.keep(subscription);
      else subscription.close();
    }
    const closed = over.map(({ trackId }) => trackId).filter((trackId) => !this.#subscriptions.has(trackId));
    this.router.worker.consumers += opened.length;
    if (!this.#answered || opened.length + closed.length === 0) return;
    this.#room.changed(this, opened.map(({ info }) => info), closed);
    const videos = opened.filter(({ info }) => info.kind === "video").map(({ trackId }) => trackId);
    const delayMs = this.#blind ? ADMISSION_RESUME_DELAY_MS : RESUME_DELAY_MS;
    this.#blind = false;
    this.#resumeDelays.give(videos, delayMs, () => this.#room.rematch(this));
  }

  /** Removes the subscriptions that are `over` and returns them; the caller closes them. */
  #unsubscribe(over: (trackId: string, subscription: Subscription) => boolean): Subscription[] {
    const subscriptions: Subscription[] = [];
    for (const [trackId, subscription] of this.#subscriptions) {
      if (!over(trackId, subscription)) continue;
      this.#subscriptions.delete(trackId);
      subscriptions.push(subscription);
    }
    this.router.worker.consumers -= subscriptions.length;
    return subscriptions;
  }

  /** Stops waiting for tracks that have not arrived here yet. */
  #endBeside(): void {
    this.#beside = null;
    this.#room.rematch(this);
  }

  /** Creates or updates the subscription for `wish`; returns it if it was created. */
  async #fulfil(wish: Wish, producer: types.Producer): Promise<Subscription | undefined> {
    const { trackId } = wish;
    const track = this.#room.tracks.get(trackId);
    if (track === undefined || this.#unsendable.has(trackId)) return undefined;
    const before = this.#subscriptions.get(trackId);
    const late = before === undefined && this.#answered && track.kind === "video";
    const paused = wish.paused || !this.#live || late || this.#resumeDelays.has(trackId);
    const releases: (() => void)[] = [];
    try {
      if (before !== undefined) {
        if (!before.matches(wish, paused)) await before.apply(wish, paused);
        return undefined;
      }
      const rtpCapabilities = this.#capabilities;
      if (!this.router.canSend(producer, rtpCapabilities)) {
        this.#unsendable.add(trackId);
        return undefined;
      }
      if (track.kind === "video" && !this.#room.mayGrow(this)) return undefined;
      const { sending } = track;
      const release = sending?.isSo === false ? this.#room.holdSilent(this) : () => {};
      if (release === undefined) return undefined;
      releases.push(release);
      const fail = (error: unknown) => this.#room.unsendable(error);
      const made = await Subscription.send(this.#transports.recv, {
        track,
        producer,
        wish,
        rtpCapabilities,
        paused,
        fail,
      });
      made.hold(release);
      releases.length = 0;
      sending?.once(release);
      await made.apply(wish, paused);
      if (this.#mayGet(trackId)) return made;
      made.close();
      return undefined;
    } catch (error) {
      for (const release of releases) release();
      // A track or peer that ended meanwhile closes its consumers; only a failure beyond that is a fault.
      if (!this.#closed && !producer.closed) {
        this.#unsendable.add(trackId);
        this.#room.unsendable(error);
      }
      return undefined;
    }
  }

  /** Reports to the room which tracks this view wants; returns the producers that are available. */
  #use(wished: ReadonlyMap<string, Wish>): Map<string, types.Producer> {
    for (const trackId of this.#used) {
      if (wished.has(trackId)) continue;
      this.#used.delete(trackId);
      this.#room.unuse(trackId, this);
    }
    const producers = new Map<string, types.Producer>();
    for (const trackId of wished.keys()) {
      this.#used.add(trackId);
      const producer = this.#room.use(trackId, this);
      if (producer !== undefined) producers.set(trackId, producer);
    }
    return producers;
  }

  /**
   * Reports to the room which layers this view wants; also if they did not change, since the route of a track
   * can change.
   */
  #passOn(wished: ReadonlyMap<string, Wish>): void {
    for (const trackId of this.#wanted) if (!wished.has(trackId)) this.#want(trackId, -1);
    for (const { trackId, layer } of wished.values()) this.#want(trackId, layer);
  }

  #want(trackId: string, layer: number): void {
    if (layer < 0 && !this.#wanted.delete(trackId)) return;
    if (layer >= 0) this.#wanted.add(trackId);
    this.#room.want(trackId, this, layer);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#passOn(new Map());
    this.#use(new Map());
    clearTimeout(this.#besideTimer);
    this.#resumeDelays[Symbol.dispose]();
    this.#replaced[Symbol.dispose]();
    this.router.worker.consumers -= this.#subscriptions.size;
    this.#subscriptions.clear();
    this.#transports.send.close();
    this.#transports.recv.close();
  }
}

async function connect(transport: types.WebRtcTransport, fingerprint: string): Promise<void> {
  await transport.connect({
    dtlsParameters: { role: "client", fingerprints: [{ algorithm: "sha-256", value: fingerprint }] },
  });
}

function transportInfo(transport: types.WebRtcTransport): TransportInfo {
  const { id, iceParameters, iceCandidates, dtlsParameters, sctpParameters } = transport;
  return {
    id,
    iceParameters: { ...iceParameters },
    iceCandidates: iceCandidates.map((candidate) => ({ ...candidate })),
    dtlsParameters: { ...dtlsParameters },
    sctpParameters: { ...sctpParameters },
  };
}
