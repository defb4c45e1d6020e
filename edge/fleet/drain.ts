import { setTimeout as pass } from "node:timers/promises";

/**
 * Shortest time between two clients that leave a draining node, ms. All at once would cause a storm of key
 * frames.
 */
const STEP_MS = 300;

/** Longest time over which clients leave if each has new media at once, ms. */
const SPREAD_MS = 5_000;

/** How long the next client waits for a slow one to arrive elsewhere, ms. */
const PATIENCE_MS = 2_000;

/**
 * Clients per line; lines move in parallel, and the clients of one one after another. With
 * `PATIENCE_MS` a node is empty after 12 s, well within the 20 s that it drains by default (`DRAIN_S`).
 */
const LINE_LENGTH = 6;

/** Waits `ms`; rejects when `signal` aborts. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<unknown>;

const wait: Wait = (ms, signal) => pass(ms, undefined, { signal });

/**
 * Moves all of `peers` off a node. The next client in a line starts when the one before has arrived
 * elsewhere, so that moves on a slow machine, or of a room whose clients share one, do not pile up. `move`
 * resolves when a client has arrived; it must not reject. Resolves when all have started to move, or `signal`
 * aborts.
 */
export async function drain<Peer>(
  peers: readonly Peer[],
  move: (peer: Peer) => Promise<void>,
  signal: AbortSignal,
  waitFor: Wait = wait,
): Promise<void> {
  const lines = Math.ceil(peers.length / LINE_LENGTH);
  const stepMs = Math.min(STEP_MS, SPREAD_MS / peers.length);
  const queue = [...peers];
  const moveOn = async (line: number) => {
    await waitFor(line * stepMs, signal);
    for (let peer = queue.shift(); peer !== undefined; peer = queue.shift()) {
      const hasArrived = move(peer);
      if (queue.length === 0) return;
      const patience = new AbortController();
      const isOver = AbortSignal.any([signal, patience.signal]);
      await Promise.all([
        waitFor(lines * stepMs, signal),
        Promise.race([hasArrived, waitFor(PATIENCE_MS, isOver).catch(() => {})]).finally(() =>
          patience.abort()
        ),
      ]);
    }
  };
  try {
    await Promise.all(Array.from({ length: lines }, (_, line) => moveOn(line)));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
