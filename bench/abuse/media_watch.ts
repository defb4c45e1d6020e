/**
 * Sends packets through a media node and records their delays, on Node. Commands and responses are JSON lines
 * (side.ts).
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TapPath } from "../../media/src/test_tap.ts";
import { serveCommands } from "./commands.ts";

/** Interval of the packets, ms: that of a microphone. */
const EVERY_MS = 20;

/** Longest delay of a packet, ms; a lost one counts as this slow. */
const LOST_MS = 500;

const PAYLOAD_BYTES = 100;

/** Its commands. */
export type WatchCommand =
  /** Responds with the port that receives the packets. */
  | { readonly do: "listen" }
  | { readonly do: "send"; readonly path: TapPath }
  /** Responds with the delays of the packets since the last time, ms. */
  | { readonly do: "take" };

interface Sent {
  readonly at: number;
  delayMs: number;
}

const socket = createSocket("udp4");
const packets = new Map<number, Sent>();
let number = 0;
let ssrcOut = 0;

socket.on("message", (packet) => {
  const now = performance.now();
  if (packet.length < 16 || packet.readUInt32BE(8) !== ssrcOut) return;
  const hasExtension = (packet.readUInt8(0) & 0x10) !== 0;
  const at = 12 + (hasExtension ? 4 + 4 * packet.readUInt16BE(14) : 0);
  const sent = packets.get(packet.readUInt32BE(at));
  if (sent !== undefined) sent.delayMs = Math.min(sent.delayMs, now - sent.at);
});

function send({ port, payloadType, ssrcIn }: TapPath): void {
  const packet = Buffer.alloc(12 + PAYLOAD_BYTES);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(payloadType, 1);
  packet.writeUInt16BE(++number & 0xffff, 2);
  packet.writeUInt32BE((number * 960) >>> 0, 4);
  packet.writeUInt32BE(ssrcIn, 8);
  packet.writeUInt32BE(number, 12);
  packets.set(number, { at: performance.now(), delayMs: LOST_MS });
  socket.send(packet, port, "127.0.0.1");
}

async function take(): Promise<number[]> {
  const until = number;
  await new Promise((resolve) => setTimeout(resolve, LOST_MS));
  const delays: number[] = [];
  for (const [one, { delayMs }] of packets) {
    if (one > until) break;
    delays.push(delayMs);
    packets.delete(one);
  }
  return delays;
}

serveCommands<WatchCommand>(async (command) => {
  switch (command.do) {
    case "listen":
      socket.bind(0, "127.0.0.1");
      await once(socket, "listening");
      return (socket.address() as AddressInfo).port;
    case "send":
      ssrcOut = command.path.ssrcOut;
      setInterval(() => send(command.path), EVERY_MS);
      return null;
    case "take":
      return await take();
    default:
      return command satisfies never;
  }
});
