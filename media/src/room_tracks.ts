import { isDeepStrictEqual } from "node:util";
import type { AnnouncedTrack } from "@tafelrunde/protocol/cascade";
import { MAX_PEER_TRACKS, type MediaRequestOf, type PublishedTrack } from "@tafelrunde/protocol/media";
import { readRtpParameters } from "@tafelrunde/protocol/rtp";
import { DemandTeller } from "./demand.ts";
import { foreseen } from "./foreseen.ts";
import type { Peer } from "./peer.ts";
import { HERE, type RoomPipes, type RoomTrack } from "./room_pipes.ts";
import type { LocalTrack, ReceivedTrack } from "./track.ts";
import type { TrackBook } from "./track_book.ts";

/** Most tracks of one message about changed spaces or audiences; about 100 kB. */
const ANNOUNCED_AT_ONCE = 200;

/** The result of publishing a track. */
export type Publishing = "published" | "track.idTaken" | "track.invalid" | "peer.unknown";

export interface RoomTracksOptions {
  readonly book: TrackBook<RoomTrack>;
  readonly pipes: Pick<RoomPipes, "refresh" | "stopOutside">;
  /** Called when mediasoup threw unexpectedly or rejected the parameters. */
  readonly failed: () => void;
  /** Notifies the nodes that follow the room of tracks that began or changed, and of those that ended. */
  readonly announce: (tracks: readonly AnnouncedTrack[], ended: readonly string[]) => void;
  /** A track has sent its first packet. */
  readonly began: () => void;
  /** The set of tracks has changed. */
  readonly changed: () => void;
  /** The largest wanted layer of a track has changed; -1: there is no viewer. */
  readonly demanded: (peer: Peer, trackId: string, layer: number) => void;
}

/** The tracks that peers on this node publish in a room. */
export class RoomTracks {
  readonly #options: RoomTracksOptions;
  readonly #demands = new Map<string, DemandTeller>();

  constructor(options: RoomTracksOptions) {
    this.#options = options;
  }

  announced(): AnnouncedTrack[] {
    return [...this.#options.book.from(HERE)].map(([, track]) => announcementOf(track));
  }

  has(trackId: string): boolean {
    return this.#find(trackId) !== undefined;
  }

  of(peer: Peer): LocalTrack[] {
    return [...this.#options.book.from(HERE)].flatMap(([, { origin }]) =>
      origin.at === "here" && origin.track.peerId === peer.id ? [origin.track] : []
    );
  }

  async publish(
    peer: Peer,
    { trackId, source, muted, rtpParameters, audience: given }: MediaRequestOf<"track.publish">,
  ): Promise<Publishing> {
    const audience = given ?? null;
    const fit = readRtpParameters(rtpParameters);
    if (fit === undefined) return "track.invalid";
    const before = this.#find(trackId);
    if (before !== undefined) {
      if (before.peerId !== peer.id) return "track.idTaken";
      if (before.confirm(fit)) {
        await this.#mute(before, muted);
        this.#address(before, audience);
        return "published";
      }
    }
    // A track foreseen with other parameters than it is sent with would swallow its packets.
    this.end(
      this.of(peer).filter((track) =>
        track === before || track.isForeseen && track.parameters.mid === fit.mid
      ),
    );
    return await this.#receive(peer, {
      trackId,
      source,
      muted,
      rtpParameters: fit,
      audience,
      isForeseen: false,
    });
  }

  /**
   * Receives what a peer published elsewhere before its client announces it here. Tracks that cannot be
   * received this way come with that announcement.
   */
  async foresee(peer: Peer, tracks: readonly PublishedTrack[]): Promise<void> {
    await Promise.all(
      foreseen(tracks).map(async (track) => {
        if (this.#find(track.trackId) === undefined) {
          await this.#receive(peer, { ...track, audience: track.audience ?? null, isForeseen: true });
        }
      }),
    );
  }

  async #receive(peer: Peer, given: Omit<ReceivedTrack, "peerId">): Promise<Publishing> {
    const { book, failed } = this.#options;
    const { trackId } = given;
    // A track of the same participant on another node moves here; the id of another participant's track is
    // taken.
    if ((book.get(trackId)?.peerId ?? peer.id) !== peer.id) return "track.idTaken";
    if (this.of(peer).length >= MAX_PEER_TRACKS) return "track.invalid";
    let track: LocalTrack | undefined;
    try {
      track = await peer.receive(given);
      await peer.router.listenTo(track);
    } catch {
      track?.close();
      if (peer.closed) return "peer.unknown";
      failed();
      return "track.invalid";
    }
    if (peer.closed) return "peer.unknown";
    if (this.#find(trackId) !== undefined) {
      track.close();
      return "track.idTaken";
    }
    this.#add(track, peer);
    return "published";
  }

  #add(track: LocalTrack, peer: Peer): void {
    const { book, pipes, announce, changed, demanded } = this.#options;
    const { id, peerId, kind, source, layers, sending } = track;
    const origin = { at: "here", router: peer.router, track } as const;
    const entry: RoomTrack = {
      id,
      peerId,
      kind,
      source,
      layers,
      sending,
      origin,
      get muted() {
        return track.muted;
      },
      get space() {
        return peer.space;
      },
      get audience() {
        return track.audience;
      },
    };
    if (kind === "video") {
      this.#demands.set(id, new DemandTeller(layers.length, (layer) => demanded(peer, id, layer)));
    }
    book.set(id, HERE, entry);
    sending.once(this.#options.began);
    pipes.refresh(id);
    announce([announcementOf(entry)], []);
    changed();
  }

  /** Mutes or unmutes a track of `peer`; returns false if it has no such track. */
  async mute(peer: Peer, trackId: string, muted: boolean): Promise<boolean> {
    const track = this.#find(trackId);
    if (track?.peerId !== peer.id) return false;
    await this.#mute(track, muted);
    return true;
  }

  async #mute(track: LocalTrack, muted: boolean): Promise<void> {
    if (track.muted === muted) return;
    await track.mute(muted);
    const { book, pipes, announce } = this.#options;
    const entry = book.getFrom(track.id, HERE);
    if (entry === undefined) return;
    pipes.refresh(track.id);
    announce([announcementOf(entry)], []);
  }

  /**
   * Sends a track of `peer` to these peers only, or (null) to all of its space; returns false if it has no
   * such track.
   */
  address(peer: Peer, trackId: string, audience: readonly string[] | null): boolean {
    const track = this.#find(trackId);
    if (track?.peerId !== peer.id) return false;
    this.#address(track, audience);
    return true;
  }

  #address(track: LocalTrack, audience: readonly string[] | null): void {
    if (isDeepStrictEqual(track.audience, audience)) return;
    track.audience = audience;
    this.#readdress([track]);
  }

  /** The peers are in another space: other peers get their tracks. */
  moved(peers: readonly Peer[]): void {
    this.#readdress(peers.flatMap((peer) => this.of(peer)));
  }

  /**
   * Other peers get these tracks from now on. Nothing of them goes to other nodes anymore until those request
   * them anew, knowing for whom.
   */
  #readdress(tracks: readonly LocalTrack[]): void {
    const { book, pipes, announce, changed } = this.#options;
    const entries = tracks.flatMap(({ id }) => book.getFrom(id, HERE) ?? []);
    for (const { id } of entries) pipes.stopOutside(id);
    for (let from = 0; from < entries.length; from += ANNOUNCED_AT_ONCE) {
      const some = entries.slice(from, from + ANNOUNCED_AT_ONCE);
      announce(some.map(announcementOf), some.map(({ id }) => id));
    }
    changed();
  }

  /** Closes a track of `peer`; returns false if it has no such track. */
  unpublish(peer: Peer, trackId: string): boolean {
    const track = this.#find(trackId);
    if (track?.peerId !== peer.id) return false;
    this.end([track]);
    return true;
  }

  /** Closes tracks. */
  end(tracks: readonly LocalTrack[]): void {
    if (tracks.length === 0) return;
    const { book, pipes, announce, changed } = this.#options;
    for (const track of tracks) {
      book.delete(track.id, HERE);
      track.close();
      this.#demands.get(track.id)?.[Symbol.dispose]();
      this.#demands.delete(track.id);
      pipes.refresh(track.id);
    }
    announce([], tracks.map(({ id }) => id));
    changed();
  }

  /** Records the largest layer of a track that `user` wants; -1: none. */
  want(trackId: string, user: string, layer: number): void {
    this.#demands.get(trackId)?.set(user, layer);
  }

  /** Sends the current demand for a peer's tracks again. */
  recount(peer: Peer): void {
    for (const { id } of this.of(peer)) {
      const demand = this.#demands.get(id);
      if (demand !== undefined) this.#options.demanded(peer, id, demand.told);
    }
  }

  #find(trackId: string): LocalTrack | undefined {
    const origin = this.#options.book.getFrom(trackId, HERE)?.origin;
    return origin?.at === "here" ? origin.track : undefined;
  }
}

function announcementOf(
  { id, peerId, source, muted, layers, origin, space, audience }: RoomTrack,
): AnnouncedTrack {
  if (origin.at !== "here") throw new Error("a node announces only what is published on it");
  return {
    trackId: id as AnnouncedTrack["trackId"],
    peerId: peerId as AnnouncedTrack["peerId"],
    source,
    muted,
    ...space !== null && { space: space as NonNullable<AnnouncedTrack["space"]> },
    ...audience !== null && { audience: [...audience] as NonNullable<AnnouncedTrack["audience"]> },
    routerId: origin.router.id,
    layers: layers.map(({ width, height }) => ({ width: Math.round(width), height: Math.round(height) })),
  };
}
