/// <reference lib="deno.ns" />
import assert from "node:assert/strict";
import type { Device } from "mediasoup-client";
import type { Producer, Transport } from "mediasoup-client/types";
import type { CommandDraft } from "./api.ts";
import { Publisher } from "./publisher.ts";

/** A send transport whose producers are created when the test says so. */
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

/** A publisher whose commands are all granted, and those commands. */
function makePublisher() {
  const asks: CommandDraft[] = [];
  const publisher = new Publisher({
    ask(ask) {
      asks.push(ask);
      return Promise.resolve(null);
    },
    withdraw() {},
    forbidden() {},
    published() {},
  });
  return { publisher, asks };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

Deno.test("a transport lost while a producer is made loses it too: the source is published on the next transport", async () => {
  const { publisher, asks } = makePublisher();
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

/** A camera of the given picture size, pixels. */
const camera = (width: number, height: number) =>
  ({ getSettings: () => ({ width, height }) }) as unknown as MediaStreamTrack;

/** A send transport whose producers are created at once, and what was done with them. */
function makeQuickTransport() {
  const done: string[] = [];
  const transport = {
    closed: false,
    on() {},
    produce({ track, encodings }: { track: MediaStreamTrack; encodings: unknown[] }) {
      done.push(`produce ${encodings.length}`);
      const producer = {
        track,
        kind: "video",
        rtpParameters: { encodings },
        replaceTrack(next: { track: MediaStreamTrack }) {
          done.push("replace");
          producer.track = next.track;
          return Promise.resolve();
        },
        close: () => void done.push("close"),
      };
      return Promise.resolve(producer as unknown as Producer);
    },
  };
  return { transport: transport as unknown as Transport, done };
}

Deno.test("[T4] a camera replaces another; one whose size needs other layers becomes a new track", async () => {
  const { publisher, asks } = makePublisher();
  const { transport, done } = makeQuickTransport();
  publisher.attach({ sendRtpCapabilities: {} } as Device, transport, 0);
  for (const track of [camera(1280, 720), camera(1920, 1080), camera(640, 360)]) {
    publisher.set("camera", { track, muted: false });
    await settled();
    await publisher.settled();
  }
  assert.deepEqual(done, ["produce 3", "replace", "close", "produce 2"]);
  assert.deepEqual(asks.map(({ type }) => type), ["track.publish", "track.unpublish", "track.publish"]);
  publisher.close();
});
