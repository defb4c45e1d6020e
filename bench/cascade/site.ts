/**
 * One host of bench:cascade, on Node: takes commands as JSON lines on standard input and responds to each
 * with one on standard output. `product` is a media node with participants from its test rig; `bare` is a
 * mediasoup router with one pipe and nothing else.
 */
import { logTo } from "@tafelrunde/protocol/process/log";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import type { Placement } from "../../protocol/media.ts";
import { readConfig } from "../../media/src/config.ts";
import { type RunningNode, startMediaNode } from "../../media/src/main.ts";
import { Bare, type BareTrack } from "../../media/src/test_bare_pipe.ts";
import { TEST_KEY, TestEdge } from "../../media/src/test_edge.ts";
import { TestPerson } from "../../media/src/test_person.ts";
import { RtpSink, RtpSource } from "../../media/src/test_rtp.ts";
import type { PipeEnd } from "../../protocol/cascade.ts";

/** Its port is the same on every host. */
const CONTROL_PORT = 4400;

/** Height of the tiles in participants' views, pixels. */
const TILE = 720;

/** The bench's commands to a host. */
export type Command =
  | { readonly do: "place"; readonly roomId: string; readonly placement: Placement }
  | {
    readonly do: "publish";
    readonly roomId: string;
    readonly placement: Placement;
    readonly tracks: number;
  }
  | {
    readonly do: "watch";
    readonly roomId: string;
    readonly placement: Placement;
    readonly trackIds: readonly string[];
    readonly people: number;
  }
  | { readonly do: "sink"; readonly roomId: string; readonly trackIds: readonly string[] }
  | { readonly do: "bareEnd" }
  | { readonly do: "bareConnect"; readonly end: PipeEnd }
  | { readonly do: "barePublish"; readonly tracks: number }
  | { readonly do: "bareReceive"; readonly tracks: readonly BareTrack[] }
  | { readonly do: "send"; readonly seconds: number; readonly packetsPerSecond: number }
  | { readonly do: "arrivals" }
  | { readonly do: "usage" }
  /** The nodes whose tracks do not arrive, according to the node's last notice. */
  | { readonly do: "interrupted" };

const [kind = "", name = "", address = ""] = process.argv.slice(2);
const sources: RtpSource[] = [];
const sinks: RtpSink[] = [];
let node: RunningNode | undefined;
let edge: TestEdge;
let bare: Bare;

async function startProduct(): Promise<unknown> {
  const config = readConfig({
    CLUSTER_KEY: TEST_KEY,
    NODE_ID: name,
    NETWORK: "bench",
    CONTROL_HOST: "0.0.0.0",
    CONTROL_PORT: String(CONTROL_PORT),
    CONTROL_PRIVATE_URL: `ws://${address}:${CONTROL_PORT}`,
    RTC_LISTEN: address,
    WORKERS: "1",
    WORKER_CONSUMERS: "100000",
    MEDIASOUP_WORKER_BIN: process.env["MEDIASOUP_WORKER_BIN"],
  });
  node = await startMediaNode(config, logTo(() => {}));
  edge = await TestEdge.connect(CONTROL_PORT);
  return node.profile.address;
}

function roomOf(roomId: string) {
  return node!.node.rooms.get(roomId)!;
}

async function enter(roomId: string, placement: Placement): Promise<TestPerson> {
  const person = new TestPerson(edge, roomId);
  person.placement = placement;
  await person.open();
  return person;
}

async function carryOut(command: Command): Promise<unknown> {
  switch (command.do) {
    case "place":
      return await edge.must("room.place", { roomId: command.roomId, placement: command.placement });
    case "publish": {
      const person = await enter(command.roomId, command.placement);
      await person.show();
      // A participant has only a few tracks; the rest belong to others.
      for (let n = 0; n < command.tracks; n++) {
        const publisher = n % 4 === 0 && n > 0 ? await enter(command.roomId, command.placement) : person;
        if (publisher !== person) await publisher.show();
        sources.push(await RtpSource.publish(roomOf(command.roomId), publisher));
      }
      return sources.map(({ trackId }) => trackId);
    }
    case "watch":
      for (let n = 0; n < command.people; n++) {
        const person = await enter(command.roomId, command.placement);
        await person.show(...command.trackIds.map((id): [string, number] => [id, TILE]));
      }
      return null;
    case "sink":
      for (const trackId of command.trackIds) {
        sinks.push(await RtpSink.consume(roomOf(command.roomId), trackId));
      }
      return null;
    case "bareEnd":
      return bare.end;
    case "bareConnect":
      return await bare.connect(command.end);
    case "barePublish": {
      const published: BareTrack[] = [];
      for (let n = 0; n < command.tracks; n++) {
        const { source, sink, track } = await bare.publish(randomUUID());
        sources.push(source);
        sinks.push(sink);
        published.push(track);
      }
      return published;
    }
    case "bareReceive":
      for (const track of command.tracks) sinks.push(await bare.receive(track));
      return null;
    case "send":
      return await send(command.seconds, command.packetsPerSecond);
    case "arrivals":
      return sinks.map(({ arrivals }) => arrivals.splice(0));
    case "interrupted": {
      const notices = edge.notices.filter((notice) => notice.type === "room.interrupted");
      return notices.at(-1)?.nodeIds ?? [];
    }
    case "usage":
      return { cpuMs: await cpuMs(), pipeBytes: await pipeBytes() };
    default:
      return command satisfies never;
  }
}

/** Each source sends at a steady rate, at staggered times; returns the number of packets. */
async function send(seconds: number, packetsPerSecond: number): Promise<number> {
  const begunAt = performance.now();
  const total = Math.round(seconds * packetsPerSecond) * sources.length;
  let sent = 0;
  while (sent < total) {
    const due = Math.min(total, (performance.now() - begunAt) / 1000 * packetsPerSecond * sources.length);
    for (; sent < due; sent++) sources[sent % sources.length]!.send();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return sent;
}

async function cpuMs(): Promise<number> {
  return node === undefined ? await bare.cpuMs() : await node.pool.workers[0]!.cpuMs();
}

async function pipeBytes(): Promise<number> {
  if (node === undefined) return 0;
  const ports = [...node.node.rooms.values()].flatMap(({ pipes }) => pipes.ports());
  return (await Promise.all(ports.map((port) => port.bytesSent()))).reduce((sum, bytes) => sum + bytes, 0);
}

function answer(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

if (kind === "bare") bare = await Bare.start(address, process.env["MEDIASOUP_WORKER_BIN"]);
answer({ ok: kind === "bare" ? null : await startProduct() });
for await (const line of createInterface(process.stdin)) {
  try {
    answer({ ok: await carryOut(JSON.parse(line) as Command) });
  } catch (error) {
    answer({ failed: String(error) });
  }
}
process.exit(0);
