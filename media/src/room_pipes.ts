import { isIP } from "node:net";
import type { types } from "mediasoup";
import { logSparsely } from "./channel.ts";
import type { Upstream } from "./upstream.ts";
import type { PipeServer } from "./downstream.ts";
import type { Log } from "@tafelrunde/protocol/process/log";
import { LinkRefusal } from "./node_link.ts";
import { Inlet, type PipeSource } from "./pipe_inlet.ts";
import { Outlet } from "./pipe_outlet.ts";
import type { PipeAddress, PipeAddresses, PipePort, PipeScope } from "./pipe_port.ts";
import { PipedTrack } from "./piped_track.ts";
import { Replaced } from "./replaced.ts";
import type { RoomRouter } from "./room_router.ts";
import type { LocalTrack, TrackFacts } from "./track.ts";
import type { TrackBook } from "./track_book.ts";

/** The key of this node's own tracks in a room's book; other keys are node ids, which contain no spaces. */
export const HERE = "published here";

/** Where a track is published. */
export type Origin =
  | { readonly at: "here"; readonly router: RoomRouter; readonly track: LocalTrack }
  | { readonly at: "node"; readonly upstream: Upstream; readonly runId: string; readonly routerId: string };

/** A track of a room, on whichever node it is published. */
export interface RoomTrack extends TrackFacts {
  readonly origin: Origin;
}

export interface RoomPipesOptions {
  readonly book: TrackBook<RoomTrack>;
  readonly addresses: PipeAddresses;
  readonly log: Log;
  /** Largest layer of a track published here that `user` wants, -1: none. */
  readonly want: (trackId: string, user: string, layer: number) => void;
  /** A track started or stopped flowing on a router; `users` want it. */
  readonly changed: (users: ReadonlySet<string>) => void;
  /** The sending end of a pipe to another node has closed. */
  readonly outletClosed: (pipeId: string) => void;
}

/**
 * Brings tracks to the routers of a room on this node: from the publisher's own transport, from another
 * router of the node, or from another node. A track from another node arrives once, at the router that wanted
 * it first; the other routers get it from there.
 */
export class RoomPipes implements PipeServer {
  readonly routers: RoomRouter[] = [];
  readonly #options: RoomPipesOptions;
  /** Sending ends by pipe id, with their routers and the kind of peer they send to. */
  readonly #outlets = new Map<
    string,
    { readonly outlet: Promise<Outlet>; readonly router: RoomRouter; readonly scope: PipeScope }
  >();
  readonly #replaced = new Replaced();
  /** The router at which each track of another node arrives. */
  readonly #landings = new Map<string, RoomRouter>();

  constructor(options: RoomPipesOptions) {
    this.#options = options;
  }

  /** Number of tracks sent to other nodes and routers. */
  get piped(): number {
    return this.routers.reduce(
      (sum, { outlets }) => sum + [...outlets.values()].reduce((tracks, { size }) => tracks + size, 0),
      0,
    );
  }

  /** Both kinds of ends, of all routers. */
  ports(): PipePort[] {
    return this.routers.flatMap(({ outlets, openInlets }) => [
      ...[...outlets.values()].map(({ port }) => port),
      ...[...openInlets].map(({ port }) => port),
    ]);
  }

  /**
   * `user` wants a track on a router. Returns its producer there; undefined: not yet, `changed` will be
   * called.
   */
  use(track: RoomTrack, router: RoomRouter, user: string): types.Producer | undefined {
    const { origin } = track;
    if (origin.at === "here" && origin.router === router) {
      router.piped.get(track.id)?.unuse(user);
      return origin.track.producer;
    }
    const piped = this.#pipe(track, router);
    piped.use(user);
    return piped.producer;
  }

  unuse(trackId: string, router: RoomRouter, user: string): void {
    router.piped.get(trackId)?.unuse(user);
  }

  want(track: RoomTrack | undefined, trackId: string, router: RoomRouter, user: string, layer: number): void {
    if (track?.origin.at === "here" && track.origin.router === router) {
      this.#options.want(trackId, user, layer);
    } else router.piped.get(trackId)?.want(user, layer);
  }

  /** A track was added, removed, muted, unmuted or has a new source. */
  refresh(trackId: string): void {
    const track = this.#options.book.get(trackId);
    if (track === undefined) {
      for (const router of this.routers) this.#drop(router, trackId);
      return;
    }
    for (const router of this.routers) {
      const piped = router.piped.get(track.id);
      if (piped === undefined) continue;
      const isAtHome = track.origin.at === "here" && track.origin.router === router;
      if (isAtHome) {
        this.#takeOut(router, track.id);
        this.#replaced.keep(piped);
      } else if (piped.key === keyOf(track)) void piped.follow(track);
      else this.#pipe(track, router);
    }
  }

  /** Resolves when everything that `user` waits for on a router flows, or after `ms`. */
  async settle(router: RoomRouter, user: string, ms: number): Promise<void> {
    const awaited = [...router.piped.values()].filter(({ users, producer }) =>
      producer === undefined && users.has(user)
    );
    if (awaited.length === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([timeout, Promise.all(awaited.map(({ whenSettled }) => whenSettled))]);
    clearTimeout(timer);
  }

  #drop(router: RoomRouter, trackId: string): void {
    this.#takeOut(router, trackId)?.close();
  }

  #takeOut(router: RoomRouter, trackId: string): PipedTrack | undefined {
    const piped = router.piped.get(trackId);
    router.piped.delete(trackId);
    if (this.#landings.get(trackId) === router) this.#landings.delete(trackId);
    return piped;
  }

  #pipe(track: RoomTrack, router: RoomRouter): PipedTrack {
    const key = keyOf(track);
    const before = router.piped.get(track.id);
    if (before?.key === key) return before;
    const piped = new PipedTrack({
      track,
      key,
      previous: before,
      inlet: () => this.#inlet(track, router),
      changed: () => {
        if (router.piped.get(track.id) === piped) this.#options.changed(piped.users);
      },
      unused: () => {
        if (router.piped.get(track.id) === piped) this.#drop(router, track.id);
      },
      replaced: (previous) => this.#replaced.keep(previous),
      failed: (error) => {
        const reason = error instanceof Error ? error.message : String(error);
        logSparsely(this.#options.log, "pipe.failed", { reason });
      },
    });
    router.piped.set(track.id, piped);
    return piped;
  }

  /** The pipe through which a track reaches a router, opened if necessary. */
  async #inlet(track: RoomTrack, router: RoomRouter): Promise<Inlet> {
    const { origin } = track;
    if (origin.at === "here") {
      return await this.#sharedInlet(router, origin.router.id, () => this.#fromRouter(origin.router, router));
    }
    const landing = this.#landings.get(track.id);
    if (landing === undefined || landing === router || !this.routers.includes(landing)) {
      this.#landings.set(track.id, router);
      const { upstream, routerId } = origin;
      return await this.#sharedInlet(
        router,
        `${upstream.nodeId} ${routerId}`,
        () => upstream.openInlet(router, routerId),
      );
    }
    await landing.piped.get(track.id)?.whenSettled;
    return await this.#sharedInlet(router, landing.id, () => this.#fromRouter(landing, router));
  }

  async #sharedInlet(router: RoomRouter, from: string, open: () => Promise<Inlet>): Promise<Inlet> {
    const shared = await router.inlets.get(from)?.catch(() => undefined);
    if (shared?.closed === false) return shared;
    // Another caller that waited too may have been first.
    const again = router.inlets.get(from);
    const opening = again ?? open();
    if (again === undefined) {
      router.inlets.set(from, opening);
      const forget = () => {
        if (router.inlets.get(from) === opening) router.inlets.delete(from);
      };
      opening.then((inlet) => {
        router.openInlets.add(inlet);
        void inlet.whenClosed.then(() => {
          router.openInlets.delete(inlet);
          forget();
        });
      }, forget);
    }
    return await opening;
  }

  async #fromRouter(from: RoomRouter, to: RoomRouter): Promise<Inlet> {
    const { addresses } = this.#options;
    const source: PipeSource = {
      open: async (pipeId, end) => {
        const address = await this.openOutlet(pipeId, from.id, "inside", end);
        if (typeof address === "string") throw new LinkRefusal(address);
        return address;
      },
      send: async (pipeId, trackId, layer) => {
        const rtpParameters = await this.sendThrough(pipeId, trackId, layer);
        if (rtpParameters === undefined) throw new LinkRefusal("track.unknown");
        return rtpParameters;
      },
      demand: (pipeId, trackId, layer) => this.demandThrough(pipeId, trackId, layer),
      stop: (pipeId, trackId) => this.stopThrough(pipeId, trackId),
      close: (pipeId) => this.closeOutlet(pipeId),
    };
    return await Inlet.open(() => to.openPipe("inside", addresses) as Promise<PipePort>, source);
  }

  /**
   * Opens the sending end of a pipe from a router and returns its address; the same one again for the same
   * id. Rejects if no port is free.
   */
  async openOutlet(
    pipeId: string,
    routerId: string,
    scope: PipeScope,
    end: PipeAddress,
  ): Promise<PipeAddress | "router.unknown" | "address.unfit"> {
    let entry = this.#outlets.get(pipeId);
    if (entry === undefined) {
      const router = this.routers.find(({ id }) => id === routerId);
      if (router === undefined) return "router.unknown";
      const outlet = this.#openOutlet(pipeId, router, scope, end);
      entry = { outlet, router, scope };
      this.#outlets.set(pipeId, entry);
      outlet.catch(() => this.#outlets.delete(pipeId));
    }
    try {
      return (await entry.outlet).port.address;
    } catch (error) {
      if (error instanceof LinkRefusal && error.refused === "address.unfit") return "address.unfit";
      throw error;
    }
  }

  async #openOutlet(pipeId: string, router: RoomRouter, scope: PipeScope, end: PipeAddress): Promise<Outlet> {
    const port = await router.openPipe(scope, this.#options.addresses, isIP(end.ip));
    if (port === undefined) throw new LinkRefusal("address.unfit");
    const user = `pipe ${pipeId}`;
    const outlet = new Outlet(pipeId, port, {
      want: (trackId, layer) =>
        this.want(this.#options.book.getFrom(trackId, HERE), trackId, router, user, layer),
      stopped: (trackId) => {
        this.#options.want(trackId, user, -1);
        this.unuse(trackId, router, user);
      },
      closed: () => {
        router.outlets.delete(pipeId);
        this.#outlets.delete(pipeId);
        if (scope !== "inside") this.#options.outletClosed(pipeId);
      },
      fail: (error) => this.#options.log.error("pipe.failed", { error }),
    });
    router.outlets.set(pipeId, outlet);
    try {
      await port.connect(end);
    } catch (error) {
      outlet.close();
      throw error;
    }
    return outlet;
  }

  /**
   * Sends a track through a pipe: one published on its router; inside the node also one that arrives there
   * from another node.
   */
  async sendThrough(
    pipeId: string,
    trackId: string,
    layer: number,
  ): Promise<types.RtpParameters | undefined> {
    const entry = this.#outlets.get(pipeId);
    if (entry === undefined) return undefined;
    const { router, scope } = entry;
    const outlet = router.outlets.get(pipeId) ?? await entry.outlet;
    const here = this.#options.book.getFrom(trackId, HERE);
    if (here?.origin.at === "here" && here.origin.router === router) {
      return await outlet.send({ id: trackId, producer: here.origin.track.producer }, layer);
    }
    const landed = scope === "inside" ? router.piped.get(trackId) : undefined;
    if (landed?.producer === undefined) return undefined;
    landed.use(`pipe ${pipeId}`);
    return await outlet.send({ id: trackId, producer: landed.producer }, layer);
  }

  demandThrough(pipeId: string, trackId: string, layer: number): void {
    this.#outlets.get(pipeId)?.router.outlets.get(pipeId)?.demand(trackId, layer);
  }

  stopThrough(pipeId: string, trackId: string): void {
    this.#outlets.get(pipeId)?.router.outlets.get(pipeId)?.stop(trackId);
  }

  /** A track is no longer sent to other nodes until they request it anew. */
  stopOutside(trackId: string): void {
    for (const [pipeId, { router, scope }] of this.#outlets) {
      if (scope !== "inside") router.outlets.get(pipeId)?.stop(trackId);
    }
  }

  /** Bytes sent through a pipe; undefined: there is no such pipe. */
  async bytesSent(pipeId: string): Promise<number | undefined> {
    return await this.#outlets.get(pipeId)?.router.outlets.get(pipeId)?.port.bytesSent();
  }

  closeOutlet(pipeId: string): void {
    void this.#outlets.get(pipeId)?.outlet.then((outlet) => outlet.close(), () => {});
  }

  /**
   * Whether media should come through a pipe now: it carries an unmuted track, which is also watched if it is
   * video.
   */
  shouldFlow(inlet: Inlet): boolean {
    return this.routers.some(({ piped, openInlets }) =>
      openInlets.has(inlet) &&
      [...inlet.trackIds].some((trackId) => piped.get(trackId)?.isWatched === true)
    );
  }

  /** A router is gone, with its worker. */
  remove(router: RoomRouter): void {
    this.routers.splice(this.routers.indexOf(router), 1);
    for (const [trackId, landing] of this.#landings) if (landing === router) this.#landings.delete(trackId);
    router.close();
  }

  close(): void {
    this.#replaced[Symbol.dispose]();
    for (const router of [...this.routers]) this.remove(router);
  }
}

/** Identifies a track's source; it changes when the track comes from elsewhere. */
function keyOf({ origin }: RoomTrack): string {
  return origin.at === "here"
    ? `here ${origin.router.id}`
    : `${origin.upstream.nodeId} ${origin.runId} ${origin.routerId}`;
}
