/**
 * `deno task bench:join [--runs=15] [--only=lobby,direct,…] [--trace] [--record]`: the time from the click
 * (when joining directly, from the first line of the page's script; from the waiting room, from the
 * moderator's click) to the first frame of another participant's video. Edge, media node, publisher and
 * viewer are real, on three hosts of a simulated network. Progress on standard error; the last line of
 * standard output is one JSON object. `--trace` prints the steps of each visit, `--record` writes
 * results/join.json. Exit code 1 if a visit had no picture.
 */
import { parseArgs } from "node:util";
import type { BrowserContext } from "playwright-core";
import { DEMAND_FALL_MS } from "../media/src/demand.ts";
import { setup } from "../tools/setup/setup.ts";
import { dependencies } from "../tools/setup/dependencies.ts";
import { chromium } from "../tools/setup/for_tests.ts";
import { mediaWorker } from "../tools/setup/media_worker.ts";
import { node } from "../tools/setup/node.ts";
import { SetupError } from "../tools/setup/step.ts";
import { webApp } from "../tools/setup/web_app.ts";
import { listenForStop, StopRequested } from "../tools/stop_request.ts";
import { launchBrowser } from "./join/browser.ts";
import { startProduct } from "./join/product.ts";
import { newProfile, publish, setWaitingRoom, visit, type Way } from "./join/visit.ts";
import { networkTools, type Quality, startNetlab } from "./netlab/netlab.ts";
import { record } from "./record.ts";
import { claimProcessors } from "./scheduling.ts";
import { summarise } from "./statistics.ts";

/** Frames per second that the web app requests from cameras: the fake one has 20 by default. */
const CAMERA_FPS = 30;

const HOSTS = { srv: "10.77.0.1", pub: "10.77.0.2", cli: "10.77.0.3" };

const PUBLISHER_RTT_MS = 20;
const VIEWER_RTT_MS = 100;

/** The publisher's link. */
const PUBLISHER: Quality = { delayMs: PUBLISHER_RTT_MS / 2 };

/** The viewer's link: far away, or a phone's (round trip 60 ms ± 15). */
const VIEWER = {
  far: { delayMs: VIEWER_RTT_MS / 2 },
  mobile: { delayMs: 22.5, jitterMs: 15, lossPercent: 1, rateMbps: 8 },
} satisfies Record<string, Quality>;

/** The measured cases, by their name in the result. */
const CASES = {
  lobby: { viewer: VIEWER.far, way: "lobby" },
  direct: { viewer: VIEWER.far, way: "direct" },
  waiting: { viewer: VIEWER.far, way: "waiting" },
  mobileLobby: { viewer: VIEWER.mobile, way: "lobby" },
  mobileDirect: { viewer: VIEWER.mobile, way: "direct" },
} satisfies Record<string, { viewer: Quality; way: Way }>;

type CaseName = keyof typeof CASES;
const CASE_NAMES = Object.keys(CASES) as CaseName[];

/**
 * Pause between two visits, ms: the publisher is alone again, and sends no more than a lone participant does.
 */
const REST_MS = DEMAND_FALL_MS + 1_000;

/** The participant whose picture the viewer waits for. */
const PERSON = "Publisher";

interface Options {
  readonly runs: number;
  readonly names: readonly CaseName[];
  readonly trace: boolean;
}

/** Durations by case, ms; undefined: no picture. */
type Durations = ReadonlyMap<CaseName, readonly (number | undefined)[]>;

async function measure({ runs, names, trace }: Options, signal: AbortSignal): Promise<Durations> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-bench-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const net = stack.use(await startNetlab(HOSTS));
  await net.link("srv", "pub", PUBLISHER);
  const { origin } = stack.use(await startProduct(net, "srv", HOSTS.srv, folder));
  const launch = async (host: "pub" | "cli") => {
    const browser = await launchBrowser(net, host, origin, folder, CAMERA_FPS);
    stack.defer(() => browser.close());
    signal.addEventListener("abort", () => void browser.close(), { once: true });
    return browser;
  };
  const [publisher, viewer] = [await launch("pub"), await launch("cli")];
  const { page: moderator, link } = await publish(publisher, origin, PERSON);

  const durations = new Map(names.map((name) => [name, [] as (number | undefined)[]]));
  // A viewer who joins directly has been there before: their name is remembered, and the page's files are
  // cached.
  const returning = await newProfile(viewer);
  const visitOnce = async (name: CaseName, profile: BrowserContext, way: Way, run: string) => {
    await net.link("srv", "cli", CASES[name].viewer);
    await new Promise((rested) => setTimeout(rested, REST_MS));
    signal.throwIfAborted();
    await setWaitingRoom(moderator, way === "waiting" ? "everyone" : "off");
    const { ms, steps } = await visit(profile, link, { way, person: PERSON, trace, moderator });
    console.error(`${name} ${run}: ${ms === undefined ? "no picture" : `${Math.round(ms)} ms`}`);
    for (const [at, what] of steps.toSorted(([a], [b]) => a - b)) {
      console.error(`  ${at.toFixed(0).padStart(6)}  ${what}`);
    }
    return ms;
  };
  for (const name of names) await visitOnce(name, returning, "lobby", "(first visit)");
  for (let run = 1; run <= runs; run++) {
    for (const [name, measured] of durations) {
      const { way } = CASES[name];
      const profile = way === "direct" ? returning : await newProfile(viewer);
      measured.push(await visitOnce(name, profile, way, `${run}/${runs}`));
      if (profile !== returning) await profile.close();
    }
  }
  return durations;
}

function readOptions(): Options & { readonly isRecorded: boolean } {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      runs: { type: "string", default: "15" },
      only: { type: "string", default: CASE_NAMES.join() },
      trace: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
    },
  });
  const asked = values.only.split(",");
  const names = CASE_NAMES.filter((name) => asked.includes(name));
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) {
    throw new SetupError(`--runs=${values.runs} is not a number of runs`);
  }
  if (names.length < asked.length) throw new SetupError(`--only takes ${CASE_NAMES.join(", ")}`);
  return { runs, names, trace: values.trace, isRecorded: values.record };
}

async function run(signal: AbortSignal): Promise<boolean> {
  const { isRecorded, ...options } = readOptions();
  await setup([dependencies, node, mediaWorker, webApp, chromium, networkTools], signal);
  await claimProcessors();
  const durations = await measure(options, signal);
  const all = [...durations.values()].flat();
  const withoutPicture = all.filter((ms) => ms === undefined).length;
  const summaries = [...durations].map(([name, measured]) =>
    [name, summarise(measured.filter((ms) => ms !== undefined))] as const
  );
  const figures = {
    ...Object.fromEntries(summaries),
    runs: options.runs,
    rttMs: VIEWER_RTT_MS,
    publisherRttMs: PUBLISHER_RTT_MS,
    ...(withoutPicture > 0 && { withoutPicture }),
  };
  if (isRecorded) {
    const rounded = [...durations].map((
      [name, measured],
    ) => [name, measured.map((ms) => ms && Math.round(ms))]);
    await record("join", { ...figures, all: Object.fromEntries(rounded) });
  }
  console.log(JSON.stringify(figures));
  return withoutPicture === 0;
}

const stop = listenForStop();
try {
  Deno.exit(await run(stop.signal) ? 0 : 1);
} catch (error) {
  if (!stop.signal.aborted && !(error instanceof StopRequested)) {
    console.error(error instanceof SetupError ? error.message : error);
  }
  Deno.exit(1);
}
