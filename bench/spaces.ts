/**
 * `deno task bench:spaces [--runs=20] [--record]`: how long after the click a participant who moves to
 * another space sees and hears the person there, ms, at 100 ms RTT to the edge and to their media node. Ben
 * moves back and forth between Anna, whose media is on his node, and Cem, whose media is on another. Edge,
 * nodes and browsers are real, on hosts of a simulated network. `left`: the last sound of the space that he
 * left. The last line of standard output is one JSON object; `--record` writes results/spaces.json. Exit code
 * 1 if somebody was not seen and heard.
 */
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { newSpaceId } from "@tafelrunde/protocol";
import { chromium } from "../tools/setup/for_tests.ts";
import { dependencies } from "../tools/setup/dependencies.ts";
import { mediaWorker } from "../tools/setup/media_worker.ts";
import { node } from "../tools/setup/node.ts";
import { setup } from "../tools/setup/setup.ts";
import { SetupError } from "../tools/setup/step.ts";
import { webApp } from "../tools/setup/web_app.ts";
import { listenForStop, StopRequested } from "../tools/stop_request.ts";
import { startCluster } from "./failover/cluster.ts";
import { launchBrowser } from "./join/browser.ts";
import { networkTools, startNetlab } from "./netlab/netlab.ts";
import { record } from "./record.ts";
import { claimProcessors } from "./scheduling.ts";
import { type Arrival, installMover } from "./spaces/mover.ts";
import { summarise } from "./statistics.ts";

const HOSTS = {
  core: "10.80.0.1",
  fra: "10.80.1.1",
  ber: "10.80.2.1",
  west: "10.80.3.1",
  east: "10.80.4.1",
};
type Host = keyof typeof HOSTS;
const NODES = ["fra", "ber"] as const;

/** One-way delay, ms: everyone is 100 ms from the edge and from their own node and back. */
const DELAYS: readonly [Host, Host, number][] = [
  ["west", "core", 50],
  ["east", "core", 50],
  ["west", "fra", 50],
  ["west", "ber", 80],
  ["east", "ber", 50],
  ["east", "fra", 80],
  ["fra", "ber", 5],
  ["core", "fra", 5],
  ["core", "ber", 5],
];

const PEOPLE = { Anna: "west", Ben: "west", Cem: "east" } as const satisfies Record<string, Host>;
type Name = keyof typeof PEOPLE;

const CAMERA_FPS = 15;
const WARM_UP_RUNS = 2;

/** How long everyone stays in a space between two moves, ms. */
const STAY_MS = 1_500;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function measure(
  runs: number,
  signal: AbortSignal,
): Promise<Record<"sameNode" | "otherNode", Arrival[]>> {
  await using stack = new AsyncDisposableStack();
  await claimProcessors();
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-bench-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const net = stack.use(await startNetlab(HOSTS));
  for (const [one, other, delayMs] of DELAYS) await net.link(one, other, { delayMs });
  const cluster = stack.use(await startCluster(net, HOSTS, { core: "core", nodes: NODES, folder }));
  const browsers = new Map<Host, Awaited<ReturnType<typeof launchBrowser>>>();
  for (const host of new Set(Object.values(PEOPLE))) {
    const browser = await launchBrowser(net, host, cluster.origin, folder, CAMERA_FPS);
    stack.defer(() => browser.close());
    browsers.set(host, browser);
  }
  const pages = {} as Record<Name, Page>;
  let link: string | undefined;
  for (const [name, host] of Object.entries(PEOPLE) as [Name, Host][]) {
    const context = await browsers.get(host)!.newContext({
      locale: "en",
      viewport: { width: 640, height: 480 },
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error(`${name}:`, error));
    await page.addInitScript(installMover);
    if (link === undefined) {
      await page.goto(`${cluster.origin}/?lang=en`);
      await page.getByRole("button", { name: "Create meeting" }).click();
      await page.waitForURL(/\/r\/[^#]+#.+/);
      link = page.url();
    } else await page.goto(link);
    await page.getByLabel("Your name").fill(name);
    // The round trips to the nodes are measured twice.
    await pause(5_000);
    await page.getByRole("button", { name: "Join meeting" }).click();
    await page.getByRole("button", { name: "Leave meeting" }).waitFor();
    pages[name] = page;
  }
  const { Anna: anna, Ben: ben, Cem: cem } = pages;
  const spaceId = newSpaceId();
  const cemId = await cem.evaluate(() => spacesBench.you);
  await anna.evaluate(([spaceId, cemId]) => {
    spacesBench.send({ type: "space.open", spaces: [{ spaceId, name: { text: "Group" }, isFree: true }] });
    spacesBench.send({ type: "space.move", participantIds: [cemId], spaceId });
  }, [spaceId, cemId]);
  await cem.getByRole("group", { name: "Anna", exact: true }).waitFor({ state: "detached" });
  const measured = { sameNode: [] as Arrival[], otherNode: [] as Arrival[] };
  for (let run = 1 - WARM_UP_RUNS; run <= runs; run++) {
    for (const [key, to, person] of [["otherNode", spaceId, "Cem"], ["sameNode", null, "Anna"]] as const) {
      signal.throwIfAborted();
      await pause(STAY_MS);
      const arrival = await ben.evaluate(
        ([to, person]) => spacesBench.move(to, person),
        [to, person] as const,
      );
      const { soundMs, pictureMs, leftMs } = arrival;
      console.error(
        `${run}/${runs} to ${person}: sound ${Math.round(soundMs)}, picture ${Math.round(pictureMs)}, left ${
          Math.round(leftMs)
        } ms`,
      );
      if (run > 0) measured[key].push(arrival);
    }
  }
  return measured;
}

function figuresOf(arrivals: readonly Arrival[]) {
  return {
    sound: summarise(arrivals.map(({ soundMs }) => soundMs)),
    picture: summarise(arrivals.map(({ pictureMs }) => pictureMs)),
    left: summarise(arrivals.map(({ leftMs }) => leftMs)),
  };
}

async function run(signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { runs: { type: "string", default: "20" }, record: { type: "boolean", default: false } },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new SetupError("--runs takes a number");
  await setup([dependencies, node, mediaWorker, webApp, chromium, networkTools], signal);
  const { sameNode, otherNode } = await measure(runs, signal);
  const figures = { sameNode: figuresOf(sameNode), otherNode: figuresOf(otherNode), rttMs: 100, runs };
  if (values.record) await record("spaces", figures);
  console.log(JSON.stringify(figures));
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
