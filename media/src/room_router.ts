import type { types } from "mediasoup";
import { MEDIA_CODECS } from "./capabilities.ts";
import type { Inlet } from "./pipe_inlet.ts";
import type { Outlet } from "./pipe_outlet.ts";
import { type PipeAddresses, PipePort, type PipeScope } from "./pipe_port.ts";
import type { PipedTrack } from "./piped_track.ts";
import { MAX_HEARD, type Speaker, SPEAKERS_INTERVAL_MS } from "./speakers.ts";
import { type LocalTrack, trackIdOf } from "./track.ts";
import type { MediaWorker } from "./worker_pool.ts";

/**
 * Quietest average level that counts as speech, dBov: above a fan or a keyboard across the room, below a soft
 * voice.
 */
const SPEECH_LEVEL = -55;

/** Counts of mediasoup objects. */
export interface Held {
  readonly transports: number;
  readonly producers: number;
  readonly consumers: number;
}

/**
 * A room on one worker: a mediasoup router, the peers whose transports it has, and the pipes to and from it.
 */
export class RoomRouter {
  readonly worker: MediaWorker;
  /** Tracks that were published elsewhere. */
  readonly piped = new Map<string, PipedTrack>();
  /** Keyed by their source. */
  readonly inlets = new Map<string, Promise<Inlet>>();
  readonly openInlets = new Set<Inlet>();
  readonly outlets = new Map<string, Outlet>();
  readonly #router: types.Router;
  readonly #levels: types.AudioLevelObserver;
  #peers = 0;

  private constructor(worker: MediaWorker, router: types.Router, levels: types.AudioLevelObserver) {
    this.worker = worker;
    this.#router = router;
    this.#levels = levels;
  }

  /**
   * Opens a router; `speak` is called with the active speakers among those that publish on it, and with none
   * when they fall silent.
   */
  static async open(
    worker: MediaWorker,
    speak: (router: RoomRouter, speakers: readonly Speaker[]) => void,
  ): Promise<RoomRouter> {
    const router = await worker.openRouter(MEDIA_CODECS);
    const levels = await router.createAudioLevelObserver({
      maxEntries: MAX_HEARD,
      threshold: SPEECH_LEVEL,
      interval: SPEAKERS_INTERVAL_MS,
    });
    const opened = new RoomRouter(worker, router, levels);
    levels.on("volumes", (volumes) =>
      speak(
        opened,
        volumes.map(({ producer, volume }) => ({
          trackId: trackIdOf(producer) as Speaker["trackId"],
          level: volume,
        })),
      ));
    levels.on("silence", () => speak(opened, []));
    return opened;
  }

  get id(): string {
    return this.#router.id;
  }

  get closed(): boolean {
    return this.#router.closed;
  }

  /** Number of peers whose transports it has. */
  get peers(): number {
    return this.#peers;
  }

  addPeers(count: number): void {
    this.#peers += count;
    this.worker.peers += count;
  }

  openTransport(): Promise<types.WebRtcTransport> {
    return this.worker.openTransport(this.#router);
  }

  /** Whether a peer with `rtpCapabilities` can receive `producer`. */
  canSend({ id: producerId, closed }: types.Producer, rtpCapabilities: types.RtpCapabilities): boolean {
    return closed || this.#router.canConsume({ producerId, rtpCapabilities });
  }

  /** Opens one end of a pipe; undefined if this node has no address of the IP version. */
  openPipe(scope: PipeScope, addresses: PipeAddresses, family?: number): Promise<PipePort | undefined> {
    return PipePort.open(this.#router, scope, addresses, family);
  }

  async listenTo({ kind, producer }: LocalTrack): Promise<void> {
    if (kind === "audio") await this.#levels.addProducer({ producerId: producer.id });
  }

  async count(): Promise<Held> {
    const { transportIds, mapProducerIdConsumerIds } = await this.#router.dump();
    return {
      transports: transportIds.length,
      producers: mapProducerIdConsumerIds.length,
      consumers: mapProducerIdConsumerIds.reduce((sum, { values }) => sum + values.length, 0),
    };
  }

  close(): void {
    for (const piped of this.piped.values()) piped.close();
    for (const outlet of this.outlets.values()) outlet.close();
    this.piped.clear();
    this.#router.close();
  }
}
