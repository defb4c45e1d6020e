import type { Bus } from "../edge/bus/bus.ts";
import { readConfig } from "../edge/config.ts";
import { startEdge } from "../edge/edge.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { denoRuntime, inTurns } from "../edge/runtime/serve_deno.ts";
import { listenNode, nodeRuntime } from "../edge/runtime/serve_node.ts";
import type { Unread } from "../edge/rooms/unread.ts";
import type { Store } from "../edge/store/open.ts";
import { ApiWatch, type Fetch } from "./api_watch.ts";
import { FaultWatch } from "./fault_watch.ts";
import { metricOn, METRICS_TOKEN, readMetrics } from "./metrics_page.ts";
import { makeTempFolder } from "./temp_folder.ts";

/** The cluster key of test edges and test nodes. */
export const CLUSTER_KEY = "a cluster key for tests and not for anything else";

/** How an edge is served: `ws` behind node-server, or a Deno platform's own server. */
export type Serving = "server" | "function";

/** Default connection limit of a test edge; all connections come from one address. */
const MAX_CONNECTIONS = 20_000;

/** How long a node can be silent unless a test sets it, ms. */
const NODE_SILENCE_MS = 60_000;

/** A running edge on 127.0.0.1. */
export interface TestEdge extends AsyncDisposable {
  /** "http://127.0.0.1:PORT" */
  readonly origin: string;
  /** All lines that it logged. */
  readonly logged: readonly string[];
  /** Faults that fail the test at the end, unless forgiven. */
  readonly faults: FaultWatch;
  /** The warnings and errors among them. */
  readonly complaints: string[];
  /** Its current metrics page. */
  metrics(): Promise<string>;
  /** Current value of one of its counters, by name and labels as on the page; 0: not there yet. */
  count(name: string): Promise<number>;
}

/**
 * Starts an edge in this process; a response that the API description does not document fails the test at its
 * end. Its pages are a stub unless `webDir` contains built ones.
 */
export async function startTestEdge(
  options: {
    /** Its database and its bus; by default those that `env` configures. */
    store?: Store;
    bus?: Bus;
    /** Additional configuration. */
    env?: Readonly<Record<string, string>>;
    mediaNodes?: readonly string[];
    serving?: Serving;
    webDir?: string;
    now?: () => number;
    unread?: Unread;
    /** Whether the edge is under high load; by default it measures that itself. */
    use?: { readonly isHigh: boolean };
    /** The protocol version in its lease. */
    version?: number;
    signOutsEveryMs?: number;
    /** Silence after which a node counts as lost, ms. By default long enough for a busy machine. */
    nodeSilenceMs?: number;
    /** For a server only; enough for any test by default. */
    maxConnections?: number;
    /** Called with each request as Node has it; for a server only. */
    saw?: (request: object) => void;
    /** Wraps the handler of each request; for a function only. */
    around?: (handle: () => Response | Promise<Response>) => Response | Promise<Response>;
  },
): Promise<TestEdge> {
  const {
    store,
    bus,
    mediaNodes = [],
    serving = "server",
    now,
    unread,
    use,
    version,
    signOutsEveryMs,
    nodeSilenceMs = NODE_SILENCE_MS,
  } = options;
  const { around = (handle) => handle() } = options;
  const webDir = options.webDir ?? await makeStubPages();
  const env: Record<string, string> = {
    CLUSTER_KEY,
    METRICS_TOKEN,
    MEDIA_NODES: mediaNodes.join(","),
    WEB_DIR: webDir,
    HOST: "127.0.0.1",
    PORT: "0",
    ...options.env,
  };
  const config = readConfig((name) => env[name]);
  const logged: string[] = [];
  const complaints: string[] = [];
  const faults = new FaultWatch();
  const log = makeLog((line) => {
    faults.see(line);
    logged.push(line);
    if (!line.includes('"level":"info"')) complaints.push(line);
  });
  const runtime = serving === "server" ? nodeRuntime() : denoRuntime();
  const edge = await startEdge(config, runtime, log, {
    ...store && { store },
    ...bus && { bus },
    ...now && { now },
    ...unread && { unread },
    ...use && { use },
    ...version !== undefined && { version },
    ...signOutsEveryMs !== undefined && { signOutsEveryMs },
    nodeSilenceMs,
  });
  const answers = new ApiWatch();
  const watched = answers.over(edge.app.fetch as Fetch) as typeof edge.app.fetch;
  const { saw } = options;
  edge.app.fetch = saw === undefined ? watched : (request, bindings, context) => {
    saw((bindings as { incoming: object }).incoming);
    return watched(request, bindings, context);
  };
  const server = serving === "server"
    ? await listenNode(edge.app, {
      hostname: "127.0.0.1",
      port: config.PORT,
      log: edge.log,
      trust: config.TRUSTED_PROXIES,
      places: edge.places,
      connections: edge.makeConnections(options.maxConnections ?? MAX_CONNECTIONS),
    })
    : listenDeno(
      config.PORT,
      inTurns((request, info) => around(() => edge.app.fetch(request, info)), {
        trust: config.TRUSTED_PROXIES,
        places: edge.places,
      }),
    );
  const origin = `http://127.0.0.1:${server.port}`;
  const metrics = () => readMetrics(`${origin}/v1/metrics`);
  return {
    origin,
    logged,
    faults,
    complaints,
    metrics,
    count: async (name) => metricOn(await metrics(), name) ?? 0,
    async [Symbol.asyncDispose]() {
      await edge.drain(0);
      await server[Symbol.asyncDispose]();
      await edge[Symbol.asyncDispose]();
      faults.check();
      answers.check();
    },
  };
}

function listenDeno(
  port: number,
  handle: Deno.ServeHandler<Deno.NetAddr>,
): AsyncDisposable & { port: number } {
  const server = Deno.serve({ port, hostname: "127.0.0.1", onListen: () => {} }, handle);
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** Stub pages for an edge whose pages are not tested; returns their folder. */
export async function makeStubPages(): Promise<string> {
  const directory = await makeTempFolder("tafelrunde-pages-");
  await Deno.mkdir(`${directory}/.vite`);
  await Deno.writeTextFile(
    `${directory}/index.html`,
    "<!doctype html><head></head><title>Tafelrunde</title>",
  );
  await Deno.writeTextFile(`${directory}/.vite/manifest.json`, "{}");
  return directory;
}
