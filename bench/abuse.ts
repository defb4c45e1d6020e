/**
 * `deno task bench:abuse [--only=NAME,…] [--seconds=12] [--record]`: what other clients notice when one
 * address floods shared resources. An edge on PostgreSQL and a media node, new for each attack, are used from
 * one address and attacked from another. Joining, chat, signing in and packets through the node are timed in
 * alternating turns with and without the attack, `--seconds` of each; without it, the attacker burns as much
 * CPU time on nothing. Progress on standard error; the last line is one JSON object. `--record` writes
 * results/abuse.json.
 */
import { parseArgs } from "node:util";
import { startPostgres, type TestPostgres } from "../tools/postgres.ts";
import { dependencies } from "../tools/setup/dependencies.ts";
import { postgres } from "../tools/setup/for_tests.ts";
import { mediaWorker } from "../tools/setup/media_worker.ts";
import { node } from "../tools/setup/node.ts";
import { setup } from "../tools/setup/setup.ts";
import { SetupError } from "../tools/setup/step.ts";
import { listenForStop, StopRequested } from "../tools/stop_request.ts";
import { Bystanders } from "./abuse/bystanders.ts";
import {
  compare,
  type Figures,
  makeSamples,
  NOTICED,
  round,
  type Samples,
  worstRatio,
} from "./abuse/compare.ts";
import type { GeneratorCommand, Rested } from "./abuse/generator.ts";
import type { WatchCommand } from "./abuse/media_watch.ts";
import { type AttackName, ATTACKS } from "./abuse/names.ts";
import { makeTemplate, type Rig, startRig } from "./abuse/rig.ts";
import { Side } from "./abuse/side.ts";
import { record } from "./record.ts";

/**
 * Duration of one turn without the attack, and of one with it, alternating, ms: short, so that a temporarily
 * slow machine affects both.
 */
const TURN_MS = 3_000;

/** Time before the first measurement: a new edge is slower and uses less memory. */
const WARM_UP_MS = 5_000;

/** The first flood, which measures the generator's CPU time. */
const FIRST_FLOOD_MS = 2_500;

/**
 * Time between the beginning of a turn and its first sample, ms. By then the aftermath of a flood is over: an
 * edge cleans up after it.
 */
const SETTLE_MS = { burn: 1_500, flood: 400 } as const;

/** Interval of memory readings, ms. */
const LOOK_MS = 200;

/** Fewer samples of one kind than this are reported. */
const ENOUGH = 60;

interface Measured {
  readonly figures: Figures;
  readonly notes: readonly string[];
}

/** Largest memory of edge and node seen. */
class Peak implements Disposable {
  edge = 0;
  node = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(rig: Rig) {
    this.#timer = setInterval(() => {
      const { edge, node } = rig.residentBytes();
      this.edge = Math.max(this.edge, edge);
      this.node = Math.max(this.node, node);
    }, LOOK_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** One attack on its own edge and node. */
class Run {
  readonly #rig: Rig;
  readonly #bystanders: Bystanders;
  readonly #watch: Side<WatchCommand>;
  readonly #generator: Side<GeneratorCommand>;
  readonly #signal: AbortSignal;
  readonly notes: string[] = [];

  constructor(parts: {
    readonly rig: Rig;
    readonly bystanders: Bystanders;
    readonly watch: Side<WatchCommand>;
    readonly generator: Side<GeneratorCommand>;
    readonly signal: AbortSignal;
  }) {
    this.#rig = parts.rig;
    this.#bystanders = parts.bystanders;
    this.#watch = parts.watch;
    this.#generator = parts.generator;
    this.#signal = parts.signal;
  }

  async measure(seconds: number): Promise<Figures> {
    const quiet = makeSamples();
    const flood = makeSamples();
    await this.#generator.ask({ do: "burn" });
    const before = await this.#peakDuring(WARM_UP_MS);
    await this.#generator.ask({ do: "rest" });
    await this.#generator.ask({ do: "flood" });
    const first = await this.#peakDuring(FIRST_FLOOD_MS);
    await this.#generator.ask({ do: "rest" });
    const peaks = [first];
    for (let ms = 0; ms < seconds * 1_000; ms += TURN_MS) {
      await this.#turn("burn", quiet);
      peaks.push(await this.#turn("flood", flood));
    }
    for (const [kind, samples] of Object.entries({ quiet, flood })) {
      for (const name of NOTICED) {
        const count = samples[name].length;
        if (count < ENOUGH) this.notes.push(`${kind}: only ${count} of ${name}`);
      }
    }
    const most = (of: "edge" | "node") => {
      const bytes = Math.max(...peaks.map((peak) => peak[of]));
      this.notes.push(`${of}: ${megabytes(before[of])} before, ${megabytes(bytes)} at most`);
      return round(bytes / before[of]);
    };
    return { ...compare(quiet, flood), edgeRssRatio: most("edge"), nodeRssRatio: most("node") };
  }

  /** One turn; its measurements go into `samples`. Returns the peak memory. */
  async #turn(what: "burn" | "flood", samples: Samples): Promise<Peak> {
    await this.#generator.ask({ do: what });
    await pause(SETTLE_MS[what], this.#signal);
    await this.#watch.ask({ do: "take" });
    this.#bystanders.into = samples;
    const peak = await this.#peakDuring(TURN_MS);
    const settled = this.#bystanders.settled();
    samples.media.push(...await this.#watch.ask<number[]>({ do: "take" }));
    const { share, outcomes } = await this.#generator.ask<Rested>({ do: "rest" });
    await settled;
    const done = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`).join(", ");
    this.notes.push(`${what}: ${Math.round(share * 100)} % of a core${done && `; ${done}`}`);
    return peak;
  }

  async #peakDuring(ms: number): Promise<Peak> {
    using peak = new Peak(this.#rig);
    await pause(ms, this.#signal);
    return peak;
  }
}

async function attack(
  name: AttackName,
  { server, template, seconds, signal }: {
    readonly server: TestPostgres;
    readonly template: string;
    readonly seconds: number;
    readonly signal: AbortSignal;
  },
): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  const rig = stack.use(await startRig(server, template));
  const bystanders = stack.use(await Bystanders.start(rig.origin, rig.who));
  const watch = stack.use(await Side.start<WatchCommand>("bench/abuse/media_watch.ts"));
  const path = await rig.openPath(await watch.ask<number>({ do: "listen" }));
  await watch.ask({ do: "send", path });
  const generator = stack.use(await Side.start<GeneratorCommand>("bench/abuse/generator.ts"));
  await generator.ask({ do: "prepare", attack: name, target: rig.target });
  const run = new Run({ rig, bystanders, watch, generator, signal });
  const figures = await run.measure(seconds);
  const failures = bystanders.failures.slice(0, 5).map((failure) => `failed: ${failure}`);
  return { figures, notes: [...run.notes, ...failures, ...rig.complaints()] };
}

async function run(signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      only: { type: "string", default: ATTACKS.join() },
      seconds: { type: "string", default: "12" },
      record: { type: "boolean", default: false },
    },
  });
  const asked = values.only.split(",");
  const names = ATTACKS.filter((name) => asked.includes(name));
  const seconds = Number(values.seconds);
  if (names.length < asked.length || !(seconds > 0)) {
    throw new SetupError(`--only takes ${ATTACKS.join(", ")}; --seconds takes a number`);
  }
  await setup([dependencies, node, mediaWorker, postgres], signal);
  await using server = await startPostgres();
  const template = await makeTemplate(server);
  const attacks: Record<string, Figures> = {};
  for (const name of names) {
    signal.throwIfAborted();
    const { figures, notes } = await attack(name, { server, template, seconds, signal });
    attacks[name] = figures;
    for (const note of notes) console.error(`  ${note}`);
    const times = NOTICED.map((what) => {
      const { quietP95Ms, floodP95Ms, ratio } = figures[what];
      return `${what} ${quietP95Ms} → ${floodP95Ms} ms (${ratio})`;
    });
    console.error(`${name}: ${times.join(", ")}; RSS ${figures.edgeRssRatio}, ${figures.nodeRssRatio}`);
  }
  const result = { attacks, worstRatio: worstRatio(attacks) };
  if (values.record) await record("abuse", result);
  console.log(JSON.stringify(result));
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}

/** Rejects when `signal` aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", end);
      resolve();
    }, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}

const stop = listenForStop();
try {
  await run(stop.signal);
  Deno.exit(0);
} catch (error) {
  if (!stop.signal.aborted && !(error instanceof StopRequested)) {
    console.error(error instanceof SetupError ? error.message : error);
  }
  Deno.exit(1);
}
