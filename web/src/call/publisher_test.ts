/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import type { Device } from "mediasoup-client";
import type { Producer, Transport } from "mediasoup-client/types";
import type { Ask } from "./api.ts";
import { Publisher } from "./publisher.ts";

/** A send transport whose producers come when the test says so. */
function makeTransport() {
  const waiting: ((producer: Producer) => void)[] = [];
  const transport = {
    closed: false,
    on() {},
    produce: () => new Promise<Producer>((made) => waiting.push(made)),
  };
  const finish = () =>
    waiting.shift()!({ close() {}, kind: "audio", rtpParameters: {} } as unknown as Producer);
  return { transport: transport as unknown as Transport, finish };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

Deno.test("a path that goes while a producer is made takes it along: the source is published on the next path", async () => {
  const asks: Ask[] = [];
  const publisher = new Publisher({
    ask(ask) {
      asks.push(ask);
      return Promise.resolve(null);
    },
    withdraw() {},
    forbidden() {},
    published() {},
  });
  const device = { sendRtpCapabilities: {} } as Device;
  const [first, second] = [makeTransport(), makeTransport()];
  publisher.set("microphone", { track: { getSettings: () => ({}) } as MediaStreamTrack, muted: false });
  publisher.attach(device, first.transport, 0);
  await settled();
  publisher.attach(device, second.transport, 0);
  await settled();
  first.finish();
  await settled();
  assert.deepEqual(asks, [], "nothing of the old path is announced");
  second.finish();
  await settled();
  assert.deepEqual(asks.map(({ type }) => type), ["track.publish"]);
  publisher.close();
});
