import { attend, guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";
import type { Peer } from "./peer.ts";
import type { Room } from "./room.ts";

/** How often the node checks the peers that share a screen, ms. */
const LOOK_INTERVAL_MS = 1_000;

/**
 * Consecutive checks without a packet after which a peer counts as silent. A browser sends RTCP reports about
 * once a second, also for a static screen. Counting checks instead of time keeps a node that was itself
 * suspended from blaming its peers.
 */
const SILENT_AFTER_LOOKS = 3;

/** Most peers read per check, in turn. It bounds the cost: one worker request each, about 0.1 ms. */
const READ_PER_LOOK = 100;

/** The last reading of a peer. */
interface Reading {
  readonly room: Room;
  bytes: number;
  unchanged: number;
}

/**
 * Detects peers that share a screen and send no packets at all, neither media nor RTCP nor ICE: their machine
 * sleeps or their network is down, and their socket does not know yet. Viewers cannot tell that from a static
 * screen; for cameras and microphones they can.
 */
export class SilenceWatch implements Disposable {
  readonly #rooms: () => Iterable<Room>;
  readonly #log: Log;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #readings = new Map<Peer, Reading>();
  #isLooking = false;

  constructor(rooms: () => Iterable<Room>, log: Log) {
    this.#rooms = rooms;
    this.#log = log;
    this.#timer = setInterval(guarded(log, "job", () => this.#start()), LOOK_INTERVAL_MS);
  }

  /** One check at a time. */
  #start(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const looking = this.#look().finally(() => {
      this.#isLooking = false;
    });
    attend(this.#log, "media", looking);
  }

  async #look(): Promise<void> {
    const sharing = new Map(
      [...this.#rooms()].flatMap((room) => room.sharers().map((peer) => [peer, room] as const)),
    );
    for (const [peer, { room }] of this.#readings) {
      if (sharing.has(peer)) continue;
      this.#readings.delete(peer);
      room.setSilent(peer, false);
    }
    for (const [peer, room] of sharing) {
      if (!this.#readings.has(peer)) this.#readings.set(peer, { room, bytes: 0, unchanged: 0 });
    }
    const due = [...this.#readings].slice(0, READ_PER_LOOK);
    await Promise.all(due.map(([peer, reading]) => this.#read(peer, reading)));
  }

  async #read(peer: Peer, reading: Reading): Promise<void> {
    // Moved to the end: those not read for the longest come first.
    this.#readings.delete(peer);
    this.#readings.set(peer, reading);
    // A peer that has closed meanwhile cannot be read, and is gone at the next check.
    const bytes = await peer.receivedBytes().catch(() => undefined);
    if (bytes === undefined) return;
    reading.unchanged = bytes === reading.bytes ? reading.unchanged + 1 : 0;
    reading.bytes = bytes;
    // Until the first packet, the transport is still connecting.
    reading.room.setSilent(peer, bytes > 0 && reading.unchanged >= SILENT_AFTER_LOOKS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
