/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import type { ConsumerInfo, TrackId } from "@tafelrunde/protocol";
import type { Transport } from "mediasoup-client/types";
import { Receiver } from "./receiver.ts";
import { TrackSwitcher } from "./track_switcher.ts";

const info = (trackId: string) =>
  ({ trackId: trackId as TrackId, consumerId: `c ${trackId}`, kind: "audio", streamId: "s" }) as ConsumerInfo;

/** Resolves in the event loop's next task. */
const nextTask = () => new Promise((resolve) => setTimeout(resolve));

/**
 * A receiver that replaces one that received `before`, and the rounds in which the browser was asked to
 * receive.
 */
function makeReceiver(before: readonly string[], connectionState = "connected") {
  const rounds: string[][] = [];
  const reads: string[] = [];
  const reading = Promise.withResolvers<Map<string, unknown>>();
  let isRound = false;
  let isRefusing = false;
  const transport = {
    closed: false,
    consume({ producerId }: { producerId: string }) {
      if (!isRound) {
        isRound = true;
        rounds.push([]);
        setTimeout(() => isRound = false);
      }
      rounds.at(-1)!.push(producerId);
      if (isRefusing) {
        isRefusing = false;
        return Promise.reject(new Error("not now"));
      }
      return Promise.resolve({ track: { kind: "audio", id: producerId }, close() {} });
    },
    connectionState,
    getStats() {
      reads.push("read");
      return reading.promise;
    },
  } as unknown as Transport;
  const shown = new Set<string>();
  const switcher = new TrackSwitcher({ show: (trackId) => void shown.add(trackId) });
  for (const trackId of before) {
    switcher.add(trackId as TrackId, {
      track: {} as MediaStreamTrack,
      flowing: () => Promise.resolve(),
      release() {},
    });
  }
  const refuse = () => isRefusing = true;
  return { receiver: new Receiver(transport, switcher), switcher, rounds, shown, refuse, reads, reading };
}

Deno.test("[F10] the first tracks are received at once, those that return later in one round", async () => {
  const { receiver, switcher, rounds } = makeReceiver(["a", "b", "c", "d"]);
  await receiver.open([]);
  assert.ok(receiver.isIdle, "the browser has nothing that it would connect for");
  await receiver.open([info("a"), info("b")]);
  assert.deepEqual(rounds, [["a", "b"]]);
  assert.ok(!receiver.isIdle);
  await nextTask();
  const opened = receiver.open([info("c")]);
  assert.deepEqual(rounds, [["a", "b"]]);
  await receiver.open([info("d")]);
  await opened;
  assert.deepEqual(rounds, [["a", "b"], ["c", "d"]]);
  switcher.close();
});

Deno.test("[F10] a track that does not return delays the others only briefly", async () => {
  const { receiver, switcher, rounds } = makeReceiver(["a", "b", "away"]);
  await receiver.open([info("a")]);
  await receiver.open([info("b")]);
  assert.deepEqual(rounds, [["a"], ["b"]]);
  switcher.close();
});

Deno.test("[F15] a track that the browser refused is received when it is announced again", async () => {
  const { receiver, switcher, rounds, shown, refuse } = makeReceiver([]);
  refuse();
  await receiver.open([info("a")]);
  assert.deepEqual([...shown], []);
  await receiver.open([info("a")]);
  await receiver.open([info("a")]);
  assert.deepEqual(rounds.flat(), ["a", "a"]);
  assert.deepEqual([...shown], ["a"]);
  switcher.close();
});

Deno.test("[F10] a slow reading of the browser's counters is shared, and there is none before it is connected", async () => {
  const { receiver, switcher, reads, reading } = makeReceiver([]);
  await receiver.open([info("a")]);
  const first = receiver.progress();
  await nextTask();
  const second = receiver.progress();
  assert.deepEqual(reads, ["read"]);
  reading.resolve(
    new Map([["1", { type: "inbound-rtp", kind: "audio", trackIdentifier: "a", packetsReceived: 3 }]]),
  );
  assert.deepEqual([await first, await second], [new Map([["a", 3]]), new Map([["a", 3]])]);
  switcher.close();

  const connecting = makeReceiver([], "connecting");
  await connecting.receiver.open([info("a")]);
  assert.deepEqual(await connecting.receiver.progress(), new Map([["a", 0]]));
  assert.deepEqual(connecting.reads, []);
  connecting.switcher.close();
});
