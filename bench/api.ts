/**
 * `deno task bench:api [--record] [--store postgres,pglite] [--large 100000]`: what the REST API costs, and
 * its lists with 1,000 and with `large` entries. The edge runs on core 0; the load generator and PostgreSQL
 * on core 1. The last line is the result.
 */
import { parseArgs } from "node:util";
import { openPglite, openPostgres } from "../edge/store/open.ts";
import { startPostgres } from "../tools/postgres.ts";
import { dependencies } from "../tools/setup/dependencies.ts";
import { postgres } from "../tools/setup/for_tests.ts";
import { setup } from "../tools/setup/setup.ts";
import { SetupError } from "../tools/setup/step.ts";
import { webApp } from "../tools/setup/web_app.ts";
import { listenForStop } from "../tools/stop_request.ts";
import type { Load, LoadFigures, LoadRequest } from "./api/load.ts";
import { asksOf, type Person, seed, type Seeded } from "./api/seed.ts";
import { CORE, pin, startPinned } from "./edge/pinned.ts";
import { record } from "./record.ts";

const STORES = ["postgres", "pglite"] as const;

/** Concurrent requests: enough to keep a core busy, and few enough that the latency is not all queueing. */
const CONNECTIONS = 8;

/** Duration of each route's measurement, seconds. */
const SECONDS = 3;

/** How lists are requested: each account is limited to 1,200 a minute. */
const ONE_BY_ONE = { connections: 1, warmUp: 10, enough: 100 };

/** Rooms whose links are verified: so few that all are in memory, like rooms in use. */
const ROOMS_IN_USE = 40;

/** Largest ratio of a list's median at 100,000 to that at 1,000. */
const REACH = 1.3;

interface Served extends AsyncDisposable {
  readonly origin: string;
  readonly seeded: Seeded;
}

/** An edge on a filled database. */
async function serve(store: (typeof STORES)[number], size: number): Promise<Served> {
  await using parts = new AsyncDisposableStack();
  const dataDir = await Deno.makeTempDir({ prefix: "tafelrunde-bench-" });
  parts.defer(() => Deno.remove(dataDir, { recursive: true }));
  let databaseUrl = "";
  if (store === "postgres") {
    const server = parts.use(await startPostgres());
    databaseUrl = await server.createDatabase();
  }
  let seeded: Seeded;
  {
    await using opened = store === "postgres"
      ? await openPostgres(databaseUrl)
      : await openPglite(`${dataDir}/db`);
    seeded = await seed(opened.db, size);
  }
  const edge = parts.use(startPinned(CORE.server, "edge/main.ts", {
    env: {
      DATABASE_URL: databaseUrl,
      DATA_DIR: dataDir,
      CLUSTER_KEY: "a cluster key for benches and nothing else",
      HOST: "127.0.0.1",
      PORT: "0",
      DRAIN_S: "0",
      TRUSTED_PROXIES: "1",
    },
  }));
  const { port } = await edge.line("port");
  const kept = parts.move();
  return {
    origin: `http://127.0.0.1:${port}`,
    seeded,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function measure(load: Omit<Load, "seconds">): Promise<LoadFigures> {
  const path = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(path, JSON.stringify({ ...load, seconds: SECONDS } satisfies Load));
    await using process = startPinned(CORE.load, "bench/api/load.ts", { args: [path] });
    const { perS, medianMs, p99Ms } = (await process.line("figures")).figures as LoadFigures;
    return { perS: Math.round(perS), medianMs: round(medianMs), p99Ms: round(p99Ms) };
  } finally {
    await Deno.remove(path);
  }
}

/** The first page of lists, and one in their middle, for a user with few entries and one with many. */
async function measureLists({ origin, seeded }: Served): Promise<Record<string, Record<string, number>>> {
  const figures: Record<string, Record<string, number>> = {};
  for (
    const path of [
      "/v1/rooms?",
      "/v1/rooms?list=tenant&",
      "/v1/meetings?list=soon&",
      "/v1/meetings?list=soon&of=tenant&",
      "/v1/people?",
    ]
  ) {
    const medianOf = async (person: Person) => {
      const cursor = await cursorInside(origin, path, person);
      const asks = [path, `${path}cursor=${cursor}`].map((one): LoadRequest => ({
        method: "GET",
        path: one,
        headers: { cookie: person.cookie },
      }));
      return (await measure({ origin, status: 200, asks, ...ONE_BY_ONE })).medianMs;
    };
    const [smallMs, largeMs] = [await medianOf(seeded.small), await medianOf(seeded.large)];
    figures[path.slice("/v1/".length, -1)] = { smallMs, largeMs, ratio: round(largeMs / smallMs) };
  }
  return figures;
}

/** The cursor of a page some way into a list. */
async function cursorInside(origin: string, path: string, { cookie }: Person): Promise<string> {
  let cursor = "";
  for (let page = 0; page < 3; page++) {
    const response = await fetch(`${origin}${path}limit=20${cursor && `&cursor=${cursor}`}`, {
      headers: { cookie },
    });
    const { next } = await response.json();
    if (typeof next !== "string") throw new Error(`${path} ends after ${page} pages`);
    cursor = next;
  }
  return cursor;
}

async function run(signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      large: { type: "string", default: "100000" },
      store: { type: "string", default: STORES.join() },
      record: { type: "boolean", default: false },
    },
  });
  const size = Number(values.large);
  const asked = values.store.split(",");
  const stores = STORES.filter((store) => asked.includes(store));
  if (stores.length < asked.length) throw new SetupError(`--store takes ${STORES.join(", ")}`);
  await setup([dependencies, webApp, postgres], signal);
  // Processes started from here on inherit its core.
  await pin(Deno.pid, CORE.load);
  const figures: Record<string, unknown> = {};
  for (const store of stores) {
    await using served = await serve(store, size);
    const { origin, seeded: { people } } = served;
    const json = { "content-type": "application/json" };
    const routes = {
      version: { status: 200, asks: [{ method: "GET", path: "/v1/version", headers: {} }] },
      roomRead: {
        status: 200,
        asks: asksOf(people, ({ room }) => ({ method: "GET", path: `/v1/rooms/${room}` })),
      },
      linkVerify: {
        status: 200,
        asks: people.slice(0, ROOMS_IN_USE).map(({ room, link }) => ({
          method: "GET",
          path: `/v1/rooms/${room}/lobby`,
          headers: { authorization: `Bearer ${link}` },
        })),
      },
      invitationVerify: {
        status: 200,
        asks: people.map(({ invitation }) => ({
          method: "POST",
          path: "/v1/invitations/answer",
          headers: json,
          body: JSON.stringify({ secret: invitation }),
        })),
      },
      roomCreate: {
        status: 201,
        asks: asksOf(
          people,
          () => ({ method: "POST", path: "/v1/rooms", headers: json, body: '{"name":"Bench"}' }),
        ),
      },
    } satisfies Record<string, { status: number; asks: readonly LoadRequest[] }>;
    const measured: Record<string, unknown> = {};
    for (const [name, load] of Object.entries(routes)) {
      signal.throwIfAborted();
      measured[name] = await measure({ origin, ...load, connections: CONNECTIONS, warmUp: 500, enough: 1e9 });
      console.error(`${store} ${name}: ${JSON.stringify(measured[name])}`);
    }
    const lists = await measureLists(served);
    for (const [name, { smallMs, largeMs, ratio = NaN }] of Object.entries(lists)) {
      console.error(
        `${store} ${name}: ${smallMs} ms, ${largeMs} ms, ${ratio}${
          ratio <= REACH ? "" : ` (more than ${REACH})`
        }`,
      );
    }
    figures[store] = { ...measured, lists };
  }
  if (values.record) await record("api", figures);
  console.log(JSON.stringify(figures));
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

const stop = listenForStop();
try {
  await run(stop.signal);
  Deno.exit(0);
} catch (error) {
  if (!stop.signal.aborted) console.error(error instanceof SetupError ? error.message : error);
  Deno.exit(1);
}
