import assert from "node:assert/strict";
import { drain, type Wait } from "./drain.ts";

/** A clock that jumps to the next timer once nothing else is left to do. */
class Clock {
  now = 0;
  readonly #due = new Set<{ readonly at: number; readonly pass: () => void }>();

  readonly wait: Wait = (ms, signal) =>
    new Promise<void>((resolve, reject) => {
      signal.throwIfAborted();
      const due = { at: this.now + ms, pass: resolve };
      this.#due.add(due);
      signal.addEventListener("abort", () => {
        this.#due.delete(due);
        reject(signal.reason);
      }, { once: true });
    });

  /** Advances time until `work` is done, and returns its result. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    work.finally(() => isDone = true).catch(() => {});
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve));
      if (isDone) return await work;
      const [next] = [...this.#due].sort((one, other) => one.at - other.at);
      assert.ok(next, "waits for nothing");
      this.#due.delete(next);
      this.now = next.at;
      next.pass();
    }
  }
}

const LIFE = new AbortController().signal;

/**
 * Drains a node of `count` clients, each of which arrives after `moveMs`; returns when each started to
 * move, ms.
 */
async function begin(count: number, moveMs: (peer: number) => number): Promise<number[]> {
  const clock = new Clock();
  const begun: number[] = [];
  const move = async (peer: number) => {
    begun.push(clock.now);
    await (moveMs(peer) === Infinity ? new Promise(() => {}) : clock.wait(moveMs(peer), LIFE));
  };
  await clock.run(drain(Array.from({ length: count }, (_, peer) => peer), move, LIFE, clock.wait));
  return begun;
}

Deno.test("[F11] the clients of a draining node move one after another, at least 300 ms apart", async () => {
  assert.deepEqual(await begin(4, () => 100), [0, 300, 600, 900]);
});

Deno.test("[F11] the next client waits until a slow one has arrived, for 2 s at most", async () => {
  assert.deepEqual(await begin(4, (peer) => [100, 1_200, Infinity, 100][peer]!), [0, 300, 1_500, 3_500]);
});

Deno.test("[F11] a full node is empty within 5 s, and within 12 s if no client arrives", async () => {
  const quick = await begin(120, () => 100);
  const stuck = await begin(120, () => Infinity);
  for (const [begun, lastMs] of [[quick, 5_000], [stuck, 12_000]] as const) {
    assert.equal(begun.length, 120);
    assert.ok(begun.at(-1)! <= lastMs, `the last begins after ${begun.at(-1)} ms`);
    // Not all at once: at most four in a tenth of a second.
    assert.ok(begun.filter((at) => at < 100).length <= 4);
  }
});

Deno.test("[F11] an edge that shuts down moves no further clients", async () => {
  const clock = new Clock();
  const life = new AbortController();
  const begun: number[] = [];
  const move = (peer: number) => {
    begun.push(peer);
    life.abort();
    return Promise.resolve();
  };
  await clock.run(drain([1, 2, 3], move, life.signal, clock.wait));
  assert.deepEqual(begun, [1]);
});

Deno.test("[F11] a node without clients is drained at once", async () => {
  assert.deepEqual(await begin(0, () => 0), []);
});
