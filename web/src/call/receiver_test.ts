/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import type { ConsumerInfo, TrackId } from "@tafelrunde/protocol";
import type { Transport } from "mediasoup-client/types";
import { Receiver } from "./receiver.ts";
import { TrackSwitcher } from "./track_switcher.ts";

const info = (trackId: string) =>
  ({ trackId: trackId as TrackId, consumerId: `c ${trackId}`, kind: "audio", streamId: "s" }) as ConsumerInfo;

/**
 * A receiver that replaces one that received `before`, and the rounds in which the browser was asked to
 * receive.
 */
function makeReceiver(before: readonly string[]) {
  const rounds: string[][] = [];
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
    getStats: () => Promise.resolve(new Map()),
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
  return { receiver: new Receiver(transport, switcher), switcher, rounds, shown, refuse };
}

Deno.test("[F10] tracks that return one after another are received in one round, once all have arrived", async () => {
  const { receiver, switcher, rounds } = makeReceiver(["a", "b", "c"]);
  const opened = receiver.open([info("a")]);
  assert.ok(receiver.isIdle, "the browser has nothing that it would connect for");
  void receiver.open([info("b")]);
  assert.deepEqual(rounds, []);
  await receiver.open([info("c")]);
  await opened;
  assert.deepEqual(rounds, [["a", "b", "c"]]);
  assert.ok(!receiver.isIdle);
  switcher.close();
});

Deno.test("[F10] a track that does not return delays the others only briefly", async () => {
  const { receiver, switcher, rounds } = makeReceiver(["a", "away"]);
  await receiver.open([info("a")]);
  assert.deepEqual(rounds, [["a"]]);
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
