/**
 * `deno task bench:edge [--only fanout,storm,idle,memory,commit] [--minutes N] [--record]`: what an edge
 * costs and how fast it is. `--minutes`: how long `memory` opens and closes rooms; 70 shows an hour's growth.
 * The measured process runs on core 0, everything else (load generators, PostgreSQL, NATS) on core 1. The
 * last line is the result.
 */
import { parseArgs } from "node:util";
import { startNats } from "../tools/nats.ts";
import { startPostgres } from "../tools/postgres.ts";
import { dependencies } from "../tools/setup/dependencies.ts";
import { nats, postgres } from "../tools/setup/for_tests.ts";
import { setup } from "../tools/setup/setup.ts";
import { SetupError } from "../tools/setup/step.ts";
import { webApp } from "../tools/setup/web_app.ts";
import { EDGE_ENV } from "../tools/start/edge_env.ts";
import { listenForStop } from "../tools/stop_request.ts";
import type { FanoutFigures, FanoutTask } from "./edge/fanout.ts";
import type { TaskName } from "./edge/load.ts";
import { CORE, pin, type Pinned, startPinned } from "./edge/pinned.ts";
import type { StormFigures } from "./edge/storm.ts";
import { record } from "./record.ts";

const PARTS = ["fanout", "storm", "idle", "memory", "commit"] as const;
type Part = (typeof PARTS)[number];

interface Backbone {
  /** A fresh database. */
  readonly createDatabase: () => Promise<string>;
  readonly natsUrl: string;
  /** How long `memory` opens and closes rooms. */
  readonly minutes: number;
}

interface Server extends AsyncDisposable {
  readonly origin: string;
  readonly pid: number;
}

async function serve(path: string, env: Readonly<Record<string, string>> = {}): Promise<Server> {
  const process = startPinned(CORE.server, path, { env });
  const { port } = await process.line("port");
  return {
    origin: `http://127.0.0.1:${port}`,
    pid: process.pid,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

function startEdge(
  databaseUrl: string,
  natsUrl: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Server> {
  return serve("edge/main.ts", {
    ...EDGE_ENV,
    ...env,
    DATABASE_URL: databaseUrl,
    NATS_URL: natsUrl,
    CLUSTER_KEY: "a cluster key for benches and nothing else",
    MEDIA_NODES: "",
    HOST: "127.0.0.1",
    PORT: "0",
    DRAIN_S: "0",
    TRUSTED_PROXIES: "1",
  });
}

async function figuresOf<Figures>(process: Pinned): Promise<Figures> {
  await using running = process;
  return (await running.line("figures")).figures as Figures;
}

function load<Figures>(name: TaskName, task: unknown): Promise<Figures> {
  return figuresOf(startPinned(CORE.load, "bench/edge/load.ts", { args: [name, JSON.stringify(task)] }));
}

/** Each part, by its name in the result. */
const MEASURE: Record<Part, (backbone: Backbone) => Promise<Record<string, number>>> = {
  async fanout({ createDatabase, natsUrl }) {
    await using edgeServer = await startEdge(await createDatabase(), natsUrl);
    await using bareServer = await serve("bench/edge/bare_server.ts");
    const target = ({ origin, pid }: Server) => ({ origin, pid });
    const task: FanoutTask = { edge: target(edgeServer), bare: target(bareServer) };
    const { edge, bare } = await load<FanoutFigures>("fanout", task);
    return {
      ...edge,
      ratioToBareWs: edge.cpuUsPerFrame / bare.cpuUsPerFrame,
      bareCpuUsPerFrame: bare.cpuUsPerFrame,
      bareP50Ms: bare.p50Ms,
      bareP99Ms: bare.p99Ms,
      bareFrameBytes: bare.frameBytes,
    };
  },

  async storm({ createDatabase, natsUrl }) {
    const databaseUrl = await createDatabase();
    await using first = await startEdge(databaseUrl, natsUrl);
    await using second = await startEdge(databaseUrl, natsUrl);
    const { room: _, ...figures } = await load<StormFigures>("storm", {
      origins: [first.origin, second.origin],
    });
    return { ...figures, lastJoinerToState: figures.bytesLastJoiner / figures.stateBytes };
  },

  async idle({ createDatabase, natsUrl }) {
    await using edge = await startEdge(await createDatabase(), natsUrl);
    return await load<{ kbPerSocket: number }>("idle", { origin: edge.origin, pid: edge.pid });
  },

  async memory({ minutes }) {
    const folder = await Deno.makeTempDir({ prefix: "tafelrunde-bench-" });
    try {
      await using edge = await startEdge("", "", { DATA_DIR: folder });
      return await load<Record<string, number>>("memory", { origin: edge.origin, pid: edge.pid, minutes });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },

  async commit({ createDatabase }) {
    const run = async (databaseUrl: string) => {
      const process = startPinned(CORE.server, "bench/edge/commit.ts", { args: [databaseUrl] });
      return (await figuresOf<{ perS: number }>(process)).perS;
    };
    // An acknowledged commit has reached the operating system; it reaches the disk later (fsync is off).
    return {
      postgresPerS: await run(`${await createDatabase()}?options=-c%20synchronous_commit%3Don`),
      pglitePerS: await run(""),
    };
  },
};

async function run(signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      only: { type: "string", default: PARTS.join() },
      minutes: { type: "string", default: "0" },
      record: { type: "boolean", default: false },
    },
  });
  const asked = values.only.split(",");
  const parts = PARTS.filter((part) => asked.includes(part));
  if (parts.length < asked.length) throw new SetupError(`--only takes ${PARTS.join(", ")}`);
  await setup([dependencies, webApp, postgres, nats], signal);
  // Processes started from here on inherit its core.
  await pin(Deno.pid, CORE.load);
  await using database = await startPostgres();
  await using bus = await startNats();
  const backbone = {
    createDatabase: () => database.createDatabase(),
    natsUrl: bus.url,
    minutes: Number(values.minutes),
  };
  const figures: Record<string, Record<string, number>> = {};
  for (const part of parts) {
    signal.throwIfAborted();
    const measured = await MEASURE[part](backbone);
    figures[part] = Object.fromEntries(
      Object.entries(measured).map(([name, value]) => [name, Number(value.toPrecision(4))]),
    );
    console.error(`${part}: ${JSON.stringify(figures[part])}`);
  }
  if (values.record) await record("edge", figures);
  console.log(JSON.stringify(figures));
}

const stop = listenForStop();
try {
  await run(stop.signal);
  Deno.exit(0);
} catch (error) {
  if (!stop.signal.aborted) console.error(error instanceof SetupError ? error.message : error);
  Deno.exit(1);
}
