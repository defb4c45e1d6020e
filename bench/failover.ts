/**
 * `deno task bench:failover [--runs=20] [--people=6] [--only=kill,cut,drain] [--slow] [--record]`: what six
 * participants in a call notice when a media node dies (its process is killed, or its host disappears
 * silently) or drains. Edge, nodes and browsers are real, on hosts of a simulated network. For each
 * participant: ms from the event until every picture moves and everyone is heard again, and its phases; for a
 * drain, the longest freeze of any picture. `--slow`: everything on half of this machine's CPU time, like a
 * machine half as fast, with four participants; its figures are under `slow`. The last line of standard
 * output is one JSON object; `--record` writes results/failover.json. Exit code 1 if a participant did not
 * recover.
 */
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { setup } from "../tools/setup/setup.ts";
import { dependencies } from "../tools/setup/dependencies.ts";
import { chromium } from "../tools/setup/for_tests.ts";
import { mediaWorker } from "../tools/setup/media_worker.ts";
import { node } from "../tools/setup/node.ts";
import { SetupError } from "../tools/setup/step.ts";
import { webApp } from "../tools/setup/web_app.ts";
import { listenForStop, StopRequested } from "../tools/stop_request.ts";
import { type Cluster, startCluster } from "./failover/cluster.ts";
import { longestGapMs, recoveryMs } from "./failover/gaps.ts";
import { PHASES, type Phases, phasesOf } from "./failover/phases.ts";
import { FRAME_WATCH_PATH, type Watched, watchFrames, watchMedia } from "./failover/watch.ts";
import { launchBrowser } from "./join/browser.ts";
import { type Netlab, networkTools, startNetlab } from "./netlab/netlab.ts";
import { record } from "./record.ts";
import { claimProcessors, releaseProcessors } from "./scheduling.ts";
import { slowDown } from "./slow_machine.ts";
import { quantile, summarise } from "./statistics.ts";

const HOSTS = {
  core: "10.78.0.1",
  fra: "10.78.1.1",
  ber: "10.78.2.1",
  muc: "10.78.3.1",
  north: "10.78.4.1",
  south: "10.78.5.1",
};
type Host = keyof typeof HOSTS;
const NODES = ["fra", "ber", "muc"] as const;
type NodeName = (typeof NODES)[number];

/** One-way delay, ms: participants in the north are near Berlin, those in the south near Frankfurt. */
const DELAYS: readonly [Host, Host, number][] = [
  ["north", "ber", 3],
  ["north", "fra", 8],
  ["north", "muc", 10],
  ["south", "fra", 3],
  ["south", "muc", 6],
  ["south", "ber", 9],
  ["fra", "ber", 4],
  ["fra", "muc", 4],
  ["ber", "muc", 5],
];

const PEOPLE: Readonly<Record<string, Host>> = {
  Anna: "north",
  Dora: "south",
  Ben: "north",
  Emil: "south",
  Cem: "north",
  Fatma: "south",
};

/**
 * Participants on a slow machine. The browsers of six, with the product, take 98 % of half of each core while
 * nothing happens: the bench would measure the queue of its own load.
 */
const SLOW_PEOPLE = 4;

const CASES = ["kill", "cut", "drain"] as const;
type Case = (typeof CASES)[number];

/** How long participants are watched before and after the event, ms. */
const BEFORE_MS = 1_500;
const AFTER_MS = { kill: 6_000, cut: 9_000, drain: 9_000 } satisfies Record<Case, number>;

/** Factor for the time after the event on a slow machine: a late participant is not lost. */
const SLOW_PATIENCE = 2;

/** Longest wait until everyone sees and hears everyone (again), ms. */
const STEADY_DEADLINE_MS = 30_000;

/**
 * Warm-up runs of each case: nodes and browsers run for hours, and V8's compilation in the first minute is
 * not part of their cost.
 */
const WARM_UP_RUNS = 2;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Small screens: six participants share this machine with their encoders and decoders, which are not
 * measured.
 */
const VIEWPORT = { width: 480, height: 420 };

/** Frames per second, for the same reason. */
const CAMERA_FPS = 10;

/** Whether all others are moving, however slowly, and are heard. */
function isWhole({ frames, heard }: Watched, others: number): boolean {
  const moving = Object.values(frames).filter((times) => times.length > 1).length;
  return moving >= others && heard.some(([, count]) => count >= others);
}

/** What one participant noticed, ms, and its phases. */
interface Figure {
  readonly ms: number;
  readonly phases: Phases | undefined;
}

class Call {
  readonly #pages: readonly Page[];
  readonly #net: Netlab<Host>;
  readonly #cluster: Cluster<NodeName>;

  readonly #patience: number;

  constructor(
    pages: readonly Page[],
    { net, cluster, patience }: {
      readonly net: Netlab<Host>;
      readonly cluster: Cluster<NodeName>;
      readonly patience: number;
    },
  ) {
    this.#pages = pages;
    this.#net = net;
    this.#cluster = cluster;
    this.#patience = patience;
  }

  /** Waits until everyone sees and hears everyone, and every node is running. */
  async steady(): Promise<void> {
    const deadline = Date.now() + STEADY_DEADLINE_MS;
    const others = this.#pages.length - 1;
    for (;;) {
      const watched = await this.#watch(() => pause(1_000));
      const missing = watched.filter((one) => !isWhole(one, others)).length;
      if (missing === 0 && NODES.every((name) => this.#cluster.pidOf(name) !== undefined)) return;
      if (Date.now() > deadline) {
        for (const [index, { frames, heard }] of watched.entries()) {
          const counts = Object.entries(frames).map(([name, times]) => `${name} ${times.length}`).join(", ");
          console.error(`${Object.keys(PEOPLE)[index]} has frames of ${counts}; hears ${heard.at(-1)?.[1]}`);
        }
        throw new Error(`${missing} people do not see and hear everyone`);
      }
    }
  }

  /** Triggers the event on the node with the most participants. Returns each participant's figure. */
  async run(what: Case): Promise<Figure[]> {
    const victim = await this.#busiest();
    const others = this.#pages.length - 1;
    const afterMs = AFTER_MS[what] * this.#patience;
    let at = 0;
    const watched = await this.#watch(async () => {
      await pause(BEFORE_MS);
      at = Date.now();
      if (what === "cut") await this.#cut(victim);
      else this.#cluster.end(victim, what === "kill" ? "SIGKILL" : "SIGTERM");
      await pause(afterMs);
    });
    if (what === "cut") { for (const host of Object.keys(HOSTS) as Host[]) await this.#heal(victim, host); }
    const to = at + afterMs;
    const detectedAt = await this.#cluster.noticedAt(what === "drain" ? "node.draining" : "node.lost", at);
    return watched.map((one) => {
      const backMs = recoveryMs(one, others, at, to);
      const ms = what === "drain"
        ? Math.max(...Object.values(one.frames).map((times) => longestGapMs(times, at, to)))
        : backMs;
      return { ms, phases: phasesOf(one, { at, detectedAt, backMs }) };
    });
  }

  async #watch(meanwhile: () => Promise<unknown>): Promise<Watched[]> {
    await Promise.all(this.#pages.map((page) => page.evaluate(() => failoverBench.begin())));
    await meanwhile();
    return await Promise.all(this.#pages.map((page) => page.evaluate(() => failoverBench.end())));
  }

  async #busiest(): Promise<NodeName> {
    const addresses = await Promise.all(
      this.#pages.map((page) => page.evaluate(() => failoverBench.nodeAddress())),
    );
    const counts = NODES.map((name) => addresses.filter((address) => address === HOSTS[name]).length);
    console.error(`  on ${NODES.map((name, index) => `${name} ${counts[index]}`).join(", ")}`);
    return NODES[counts.indexOf(Math.max(...counts))]!;
  }

  async #cut(victim: NodeName): Promise<void> {
    for (const host of Object.keys(HOSTS) as Host[]) if (host !== victim) await this.#net.cut(victim, host);
  }

  async #heal(victim: NodeName, host: Host): Promise<void> {
    if (host !== victim) await this.#net.heal(victim, host);
  }
}

async function joinAll(
  people: number,
  net: Netlab<Host>,
  origin: string,
  folder: string,
  stack: AsyncDisposableStack,
): Promise<Page[]> {
  const browsers = new Map<Host, Awaited<ReturnType<typeof launchBrowser>>>();
  for (const host of new Set(Object.values(PEOPLE))) {
    const browser = await launchBrowser(net, host, origin, folder, CAMERA_FPS);
    stack.defer(() => browser.close());
    browsers.set(host, browser);
  }
  const pages: Page[] = [];
  let link: string | undefined;
  for (const [name, host] of Object.entries(PEOPLE).slice(0, people)) {
    const profile = await browsers.get(host)!.newContext({ locale: "en", viewport: VIEWPORT });
    const page = await profile.newPage();
    page.on("pageerror", (error) => console.error(`${name}:`, error));
    await page.route(
      `**${FRAME_WATCH_PATH}`,
      (route) => route.fulfill({ contentType: "text/javascript", body: `(${watchFrames})()` }),
    );
    await page.addInitScript(watchMedia, name);
    if (link === undefined) {
      await page.goto(`${origin}/?lang=en`);
      await page.getByRole("button", { name: "Create meeting" }).click();
      await page.waitForURL(/\/r\/[^#]+#.+/);
      link = page.url();
    } else await page.goto(link);
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "Join meeting" }).click();
    await page.getByRole("button", { name: "Leave meeting" }).waitFor();
    // The six screens would be rendered by this machine's CPU for no viewer: pictures count when they are
    // decoded.
    await page.evaluate(() => document.documentElement.style.setProperty("visibility", "hidden"));
    pages.push(page);
  }
  return pages;
}

async function measure(
  { people, runs, cases, isSlow }: {
    readonly people: number;
    readonly runs: number;
    readonly cases: readonly Case[];
    readonly isSlow: boolean;
  },
  signal: AbortSignal,
) {
  await using stack = new AsyncDisposableStack();
  await claimProcessors();
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-bench-" });
  stack.defer(async () => {
    if (Deno.env.get("KEEP_LOGS") === "1") console.error(`logs: ${folder}`);
    else await Deno.remove(folder, { recursive: true });
  });
  const net = stack.use(await startNetlab(HOSTS));
  if (isSlow) {
    // The network is exempt: a slow machine does not lose packets between others. CPU time in the real-time
    // class would not count.
    await releaseProcessors();
    stack.use(await slowDown());
  }
  for (const [one, other, delayMs] of DELAYS) await net.link(one, other, { delayMs });
  const cluster = stack.use(await startCluster(net, HOSTS, { core: "core", nodes: NODES, folder }));
  const measured = new Map(cases.map((name) => [name, [] as Figure[]]));
  for (const [name, all] of measured) {
    // Each case has new participants: browsers after forty failovers are slower than those of any meeting.
    await using guests = new AsyncDisposableStack();
    const call = new Call(await joinAll(people, net, cluster.origin, folder, guests), {
      net,
      cluster,
      patience: isSlow ? SLOW_PATIENCE : 1,
    });
    for (let run = 1 - WARM_UP_RUNS; run <= runs; run++) {
      signal.throwIfAborted();
      await call.steady();
      const figures = await call.run(name);
      const label = run > 0 ? `${run}/${runs}` : "to warm up";
      console.error(`${name} ${label}: ${figures.map(({ ms }) => Math.round(ms)).join(", ")} ms`);
      for (const [index, { phases }] of figures.entries()) {
        if (phases !== undefined) console.error(`  ${Object.keys(PEOPLE)[index]}: ${textOf(phases)}`);
      }
      if (run > 0) all.push(...figures);
    }
  }
  return measured;
}

function textOf(phases: Phases): string {
  return PHASES.flatMap((phase) => {
    const { [phase]: ms } = phases;
    return ms === undefined ? [] : `${phase} ${Math.round(ms)}`;
  }).join(", ");
}

/** The median of each phase, ms, over the participants that had it. */
function mediansOf(figures: readonly Figure[]): Phases {
  return Object.fromEntries(PHASES.flatMap((phase) => {
    const all = figures.flatMap(({ phases }) => phases?.[phase] ?? []);
    return all.length === 0 ? [] : [[phase, Math.round(quantile(all, 0.5))]];
  }));
}

async function run(signal: AbortSignal): Promise<boolean> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      runs: { type: "string", default: "20" },
      people: { type: "string" },
      only: { type: "string", default: CASES.join() },
      slow: { type: "boolean", default: false },
      record: { type: "boolean", default: false },
    },
  });
  const runs = Number(values.runs);
  const people = Number(values.people ?? (values.slow ? SLOW_PEOPLE : Object.keys(PEOPLE).length));
  const asked = values.only.split(",");
  const cases = CASES.filter((name) => asked.includes(name));
  if (!Number.isInteger(runs) || runs < 1 || cases.length < asked.length) {
    throw new SetupError(`--runs takes a number, --only takes ${CASES.join(", ")}`);
  }
  await setup([dependencies, node, mediaWorker, webApp, chromium, networkTools], signal);
  const measured = await measure({ people, runs, cases, isSlow: values.slow }, signal);
  const all = [...measured.values()].flat();
  const lost = all.filter(({ ms }) => !Number.isFinite(ms)).length;
  const of = (name: Case) => (measured.get(name) ?? []).map(({ ms }) => ms).filter(Number.isFinite);
  const phases = Object.fromEntries([...measured].map(([name, figures]) => [name, mediansOf(figures)]));
  const under = (figures: Readonly<Record<string, unknown>>) => values.slow ? { slow: figures } : figures;
  const figures = {
    ...measured.has("kill") && { kill: summarise(of("kill")) },
    ...measured.has("cut") && { cut: summarise(of("cut")) },
    ...measured.has("drain") && {
      drain: { maxGapMs: Math.round(Math.max(...of("drain"))), ...summarise(of("drain")) },
    },
    runs,
    people,
    lost,
    phases,
  };
  if (values.record) {
    const all = Object.fromEntries(
      [...measured].map(([name, figures]) => [name, figures.map(({ ms }) => Math.round(ms))]),
    );
    await record(values.slow ? "failover-slow" : "failover", under({ ...figures, all }));
  }
  console.log(JSON.stringify(under(figures)));
  return lost === 0;
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
