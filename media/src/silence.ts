import { attend, guarded } from "./faults.ts";
import type { Log } from "./log.ts";
import type { Peer } from "./peer.ts";
import type { Room } from "./room.ts";

/** How often the node looks at those who share a screen, ms. */
const LOOK_INTERVAL_MS = 1_000;

/**
 * Looks in a row without a packet after which somebody is silent. A browser reports on what it sends about once a second (RTCP), also of a
 * screen on which nothing moves. Looks are counted, not time: a node that stood still itself blames nobody.
 */
const SILENT_AFTER_LOOKS = 3;

/** Most people who are read in one look, in turn. It bounds what a look costs: a request to a worker each, some 0.1 ms. */
const READ_PER_LOOK = 100;

/** What was last read of somebody. */
interface Reading {
  readonly room: Room;
  bytes: number;
  unchanged: number;
}

/**
 * Notices people who share a screen and of whom no packet comes, be it media, RTCP or ICE: their machine sleeps or their network is gone, and
 * their socket does not know yet. Who watches cannot tell that from a screen on which nothing moves; of cameras and microphones they can.
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
    this.#timer = setInterval(guarded(log, "timer", () => this.#start()), LOOK_INTERVAL_MS);
  }

  /** One look at a time. */
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
    // Those that were not read for the longest come first.
    this.#readings.delete(peer);
    this.#readings.set(peer, reading);
    // What has closed meanwhile cannot be read, and is gone at the next look.
    const bytes = await peer.receivedBytes().catch(() => undefined);
    if (bytes === undefined) return;
    reading.unchanged = bytes === reading.bytes ? reading.unchanged + 1 : 0;
    reading.bytes = bytes;
    // Before anything has come, the path is being made.
    reading.room.setSilent(peer, bytes > 0 && reading.unchanged >= SILENT_AFTER_LOOKS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
