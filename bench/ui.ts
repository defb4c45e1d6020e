/**
 * `deno task bench:ui [--seconds=30] [--record]`: what the meeting's page costs in a room of 50 with 200 chat
 * messages and 10 events a second, in Chromium slowed down four times, without media. The page is the
 * product's; a made-up edge feeds it. The last line of standard output is one JSON object; `--record` writes
 * results/ui.json.
 *
 * - `scriptMsPerEvent`: time in scripts, `taskMsPerEvent`: with style, layout and painting; the chat is open.
 * - `domNodesPerEvent`: nodes added or removed.
 * - `tilesRenderedByForeignEvent`: tiles of which some part is computed anew for an event of chat or polls,
 *   at most 50. Counted by V8's precise coverage, in a phase of its own.
 * - `longTasksAfterLoad`: tasks over 50 ms while events arrive.
 */
import { parseArgs } from "node:util";
import { type CDPSession, chromium, type Page } from "playwright-core";
import { dependencies } from "../tools/setup/dependencies.ts";
import { chromium as chromiumStep, findChromium } from "../tools/setup/for_tests.ts";
import { setup } from "../tools/setup/setup.ts";
import { SetupError } from "../tools/setup/step.ts";
import { listenForStop, StopRequested } from "../tools/stop_request.ts";
import { record } from "./record.ts";
import { claimProcessors } from "./scheduling.ts";
import { buildReadable, rangesOf } from "./ui/build.ts";
import { FixtureEdge } from "./ui/fixture_edge.ts";
import { Meeting } from "./ui/meeting.ts";

const PEOPLE = 50;
const MESSAGES = 200;

/** Events per second. */
const RATE = 10;

/** How much slower than this machine the browser's is. */
const SLOW_DOWN = 4;

/** Events of chat and polls that are sent while calls are counted. */
const FOREIGN_EVENTS = 40;

/** Modules of which tiles consist. */
const TILE_MODULES = /src\/room\/Tile\.tsx$|src\/features\/\w+\/(?:HandBadge|Reactions)\.tsx$/;

/** What the page counts of itself. */
interface Counted {
  nodes: number;
  longTasks: number;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Counts, in the page, nodes that are added or removed, and long tasks. */
function installCounters(): void {
  const counted: Counted = { nodes: 0, longTasks: 0 };
  Object.assign(globalThis, { counted });
  const size = (node: Node): number => 1 + [...node.childNodes].reduce((sum, child) => sum + size(child), 0);
  new MutationObserver((records) => {
    for (const { addedNodes, removedNodes } of records) {
      for (const node of [...addedNodes, ...removedNodes]) counted.nodes += size(node);
    }
  }).observe(document, { childList: true, subtree: true });
  new PerformanceObserver((list) => counted.longTasks += list.getEntries().length)
    .observe({ type: "longtask" });
}

const countedBy = (page: Page) =>
  page.evaluate(() => ({ ...(globalThis as unknown as { counted: Counted }).counted }));

async function timesOf(cdp: CDPSession): Promise<{ scriptMs: number; taskMs: number }> {
  const { metrics } = await cdp.send("Performance.getMetrics");
  const ms = (name: string) => 1000 * (metrics.find((metric) => metric.name === name)?.value ?? NaN);
  return { scriptMs: ms("ScriptDuration"), taskMs: ms("TaskDuration") };
}

/** Sends `count` events at `RATE`, and waits until the page has shown the last. */
async function feed(
  edge: FixtureEdge,
  page: Page,
  count: number,
  next: () => Parameters<FixtureEdge["send"]>[0],
) {
  const from = performance.now();
  for (let sent = 0; sent < count; sent++) {
    await pause(Math.max(0, from + sent * 1000 / RATE - performance.now()));
    edge.send(next());
  }
  await pause(1000 / RATE);
  await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => setTimeout(shown))));
}

/** How often each function of the tiles' modules was called, at most, since coverage began. */
async function callsInTiles(cdp: CDPSession, scripts: ReadonlyMap<string, string>): Promise<number> {
  const { result } = await cdp.send("Profiler.takePreciseCoverage");
  let most = 0;
  for (const { url, functions } of result) {
    const script = scripts.get(url);
    if (script === undefined) continue;
    const regions = rangesOf(script, (path) => TILE_MODULES.test(path));
    for (const { ranges: [range] } of functions) {
      if (range === undefined) continue;
      const { startOffset, endOffset, count } = range;
      if (regions.some(([from, to]) => from <= startOffset && endOffset <= to)) most = Math.max(most, count);
    }
  }
  return most;
}

async function measure(seconds: number) {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-bench-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  await buildReadable(folder);
  const meeting = new Meeting(PEOPLE, MESSAGES);
  const edge = stack.use(new FixtureEdge(folder, meeting));
  const browser = await chromium.launch({
    executablePath: await findChromium() ?? "chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ],
  });
  stack.defer(() => browser.close());
  const context = await browser.newContext({
    locale: "en",
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.addInitScript(installCounters);
  const cdp = await context.newCDPSession(page);
  const scripts = new Map<string, string>();
  page.on("response", async (response) => {
    if (response.url().endsWith(".js")) scripts.set(response.url(), await response.text());
  });
  await page.goto(`${edge.origin}/r/k7wq-3fzp-axmd#${"a".repeat(22)}`);
  await page.getByRole("textbox", { name: "Your name" }).fill("Miriam");
  await page.getByRole("button", { name: "Join meeting", exact: true }).click();
  await page.getByRole("group", { name: "Person 1", exact: true }).waitFor();
  // Camera and microphone cost the same whatever happens in the room.
  await page.getByRole("button", { name: "Turn camera off" }).click();
  await page.getByRole("button", { name: "Mute microphone" }).click();
  await page.keyboard.press("Control+Alt+C");
  await page.getByRole("log").getByText("Message 2", { exact: false }).first().waitFor();
  await pause(3_000);

  await cdp.send("Performance.enable");
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: SLOW_DOWN });
  await feed(edge, page, 20, () => meeting.next());
  const events = seconds * RATE;
  const [before, timesBefore] = [await countedBy(page), await timesOf(cdp)];
  await feed(edge, page, events, () => meeting.next());
  const [after, timesAfter] = [await countedBy(page), await timesOf(cdp)];
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 1 });

  await page.keyboard.press("Escape");
  await cdp.send("Profiler.enable");
  await cdp.send("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await cdp.send("Profiler.takePreciseCoverage");
  await feed(edge, page, FOREIGN_EVENTS, () => meeting.nextForeign());
  const calls = await callsInTiles(cdp, scripts);
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    scriptMsPerEvent: round((timesAfter.scriptMs - timesBefore.scriptMs) / events),
    taskMsPerEvent: round((timesAfter.taskMs - timesBefore.taskMs) / events),
    domNodesPerEvent: round((after.nodes - before.nodes) / events),
    tilesRenderedByForeignEvent: round(Math.min(PEOPLE, calls / FOREIGN_EVENTS)),
    longTasksAfterLoad: after.longTasks - before.longTasks,
    events,
    people: PEOPLE,
    messages: MESSAGES,
    slowDown: SLOW_DOWN,
  };
}

async function run(signal: AbortSignal): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: { seconds: { type: "string", default: "30" }, record: { type: "boolean", default: false } },
  });
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1) {
    throw new SetupError(`--seconds=${values.seconds} is no duration`);
  }
  await setup([dependencies, chromiumStep], signal);
  await claimProcessors();
  const figures = await measure(seconds);
  if (values.record) await record("ui", figures);
  console.log(JSON.stringify(figures));
}

const stop = listenForStop();
try {
  await run(stop.signal);
  Deno.exit(0);
} catch (error) {
  if (!(error instanceof StopRequested)) console.error(error instanceof SetupError ? error.message : error);
  Deno.exit(1);
}
