/**
 * `deno task bench:cascade [--seconds=60] [--record]`: what a pipe between two media nodes costs. Two nodes
 * are on two hosts of a simulated network with a round trip of 20 ms. A publisher on one sends video packets;
 * both nodes receive the same packets, and their delays are compared. Progress on standard error; the last
 * line of standard output is one JSON object. `--record` writes results/cascade.json.
 */
import { parseArgs } from "node:util";
import type { NodeAddress, Placement } from "../protocol/media.ts";
import { ANYWHERE } from "../protocol/media.ts";
import { dependencies } from "../tools/setup/dependencies.ts";
import { mediaWorker } from "../tools/setup/media_worker.ts";
import { node } from "../tools/setup/node.ts";
import { setup } from "../tools/setup/setup.ts";
import { SetupError } from "../tools/setup/step.ts";
import { listenForStop, StopRequested } from "../tools/stop_request.ts";
import { Host } from "./cascade/host.ts";
import { networkTools, startNetlab } from "./netlab/netlab.ts";
import { record } from "./record.ts";
import { claimProcessors } from "./scheduling.ts";
import { quantile } from "./statistics.ts";

const HOSTS = { fra: "10.79.0.1", ber: "10.79.0.2" };

/** One-way delay between the nodes, ms. */
const LINK_MS = 10;

/** The load: ten videos of 1.3 Mbit/s. */
const TRACKS = 10;
const PACKETS_PER_SECOND = 150;

/** Viewers on the far node, few and many. */
const FEW = 1;
const MANY = 20;

/** Warm-up before the measurement, s. */
const WARM_UP_S = 0.5;

/**
 * Turns of product and bare pipe, alternating, each going first equally often, so that a temporarily slow
 * machine affects both.
 */
const TURNS = 10;

interface Arrival {
  readonly number: number;
  readonly delayMs: number;
}

interface Usage {
  readonly cpuMs: number;
  readonly pipeBytes: number;
}

/** The two measured ends. */
interface Pair {
  readonly near: Host;
  readonly far: Host;
}

/** Waits until the last packets have arrived. */
const underWay = () => new Promise((resolve) => setTimeout(resolve, 5 * LINK_MS));

/** Sends for a while; returns the cost. */
async function run({ near, far }: Pair, seconds: number) {
  const usage = () => Promise.all([near.ask<Usage>({ do: "usage" }), far.ask<Usage>({ do: "usage" })]);
  // After a pause mediasoup takes a stream for a new one: the first packets do not count.
  await near.ask({ do: "send", seconds: WARM_UP_S, packetsPerSecond: PACKETS_PER_SECOND });
  await underWay();
  await Promise.all([near.ask({ do: "arrivals" }), far.ask({ do: "arrivals" })]);
  const before = await usage();
  const packets = await near.ask<number>({ do: "send", seconds, packetsPerSecond: PACKETS_PER_SECOND });
  const after = await usage();
  await underWay();
  const [here, there] = await Promise.all([
    near.ask<Arrival[][]>({ do: "arrivals" }),
    far.ask<Arrival[][]>({ do: "arrivals" }),
  ]);
  const extras = there.flatMap((arrivals, track) => {
    const delays = new Map(here[track]!.map(({ number, delayMs }) => [number, delayMs]));
    return arrivals.flatMap(({ number, delayMs }) => {
      const near = delays.get(number);
      return near === undefined ? [] : [delayMs - near - LINK_MS];
    });
  });
  const used = (of: keyof Usage, index: 0 | 1) => after[index][of] - before[index][of];
  return {
    extras,
    arrived: there.flat().length / packets,
    cpuUsPerPacket: 1000 * (used("cpuMs", 0) + used("cpuMs", 1)) / packets,
    bytesPerPacket: used("pipeBytes", 0) / packets,
  };
}

async function measure(seconds: number) {
  await using stack = new AsyncDisposableStack();
  const net = stack.use(await startNetlab(HOSTS));
  await net.link("fra", "ber", { delayMs: LINK_MS });
  const start = async (kind: "product" | "bare", host: keyof typeof HOSTS) =>
    stack.use(await Host.start(net, kind, host, HOSTS[host]));

  const product = { near: await start("product", "fra"), far: await start("product", "ber") };
  const roomId = "aaaa-bbbb-cccc";
  const nodes = [product.near.greeting, product.far.greeting] as NodeAddress[];
  const placement: Placement = { version: 1, nodes, residency: ANYWHERE };
  const room = { roomId, placement };
  const trackIds = await product.near.ask<string[]>({ do: "publish", ...room, tracks: TRACKS });
  await product.far.ask({ do: "watch", ...room, trackIds, people: FEW });
  await product.near.ask({ do: "sink", roomId, trackIds });
  await product.far.ask({ do: "sink", roomId, trackIds });

  const bare = { near: await start("bare", "fra"), far: await start("bare", "ber") };
  const ends = await Promise.all([bare.near.ask({ do: "bareEnd" }), bare.far.ask({ do: "bareEnd" })]);
  await bare.near.ask({ do: "bareConnect", end: ends[1] as never });
  await bare.far.ask({ do: "bareConnect", end: ends[0] as never });
  const tracks = await bare.near.ask<never>({ do: "barePublish", tracks: TRACKS });
  await bare.far.ask({ do: "bareReceive", tracks });

  const ours = [];
  const theirs = [];
  for (let turn = 1; turn <= TURNS; turn++) {
    const isFirst = turn % 2 === 1;
    if (isFirst) ours.push(await run(product, seconds / TURNS));
    theirs.push(await run(bare, seconds / TURNS));
    if (!isFirst) ours.push(await run(product, seconds / TURNS));
    const [one, other] = [ours.at(-1)!, theirs.at(-1)!];
    console.error(
      `turn ${turn}: ours ${one.cpuUsPerPacket.toFixed(1)} µs a packet, bare ${
        other.cpuUsPerPacket.toFixed(1)
      }`,
    );
  }
  await product.far.ask({ do: "watch", ...room, trackIds, people: MANY - FEW });
  const many = await run(product, seconds / TURNS);

  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const round = (value: number, digits: number) => Number(value.toFixed(digits));
  const extras = ours.flatMap(({ extras }) => extras);
  const cpu = quantile(ours.map(({ cpuUsPerPacket }) => cpuUsPerPacket), 0.5);
  const bareCpu = quantile(theirs.map(({ cpuUsPerPacket }) => cpuUsPerPacket), 0.5);
  return {
    extraMedianMs: round(quantile(extras, 0.5), 2),
    extraP95Ms: round(quantile(extras, 0.95), 2),
    bareExtraP95Ms: round(quantile(theirs.flatMap(({ extras }) => extras), 0.95), 2),
    cpuRatioToBarePipe: round(cpu / bareCpu, 3),
    cpuUsPerPacket: round(cpu, 1),
    arrivedShare: round(mean(ours.map(({ arrived }) => arrived)), 4),
    pipeBytesPerPacket: {
      [FEW]: round(mean(ours.map(({ bytesPerPacket }) => bytesPerPacket)), 0),
      [MANY]: round(many.bytesPerPacket, 0),
    },
    packetsPerSecond: TRACKS * PACKETS_PER_SECOND,
    linkRttMs: 2 * LINK_MS,
  };
}

async function main(signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      seconds: { type: "string", default: "60" },
      record: { type: "boolean", default: false },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new SetupError(`--seconds=${values.seconds} is not a number of seconds`);
  await setup([dependencies, node, mediaWorker, networkTools], signal);
  await claimProcessors();
  const figures = await measure(seconds);
  if (values.record) await record("cascade", figures);
  console.log(JSON.stringify(figures));
}

const stop = listenForStop();
try {
  await main(stop.signal);
  Deno.exit(0);
} catch (error) {
  if (!stop.signal.aborted && !(error instanceof StopRequested)) {
    console.error(error instanceof SetupError ? error.message : error);
  }
  Deno.exit(1);
}
