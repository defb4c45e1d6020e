import { networkTools } from "../../bench/netlab/netlab.ts";
import { startPostgres } from "../postgres.ts";
import { dependencies } from "../setup/dependencies.ts";
import {
  chromium,
  chromiumShell,
  firefox,
  git,
  nats,
  pgbouncer,
  postgres,
  proxies,
  webkit,
} from "../setup/for_tests.ts";
import { findWorker, mediaWorker } from "../setup/media_worker.ts";
import { findNode, node } from "../setup/node.ts";
import { setup } from "../setup/setup.ts";
import { SetupError, type Step } from "../setup/step.ts";
import { webApp } from "../setup/web_app.ts";
import { listenForStop, StopRequested } from "../stop_request.ts";
import type { Count } from "./junit.ts";
import { longestFirst } from "./order.ts";
import { runPool } from "./pool.ts";
import { watchRoom } from "./room.ts";
import { describeBusiest, describeSlowest } from "./slowest.ts";
import { runSuite, type Suite, type SuiteResult } from "./suite.ts";
import { describePrograms } from "./versions.ts";

/** Most lines, and characters per line, of a failed test's reason that are repeated at the end. */
const REASON_LINES = 6;
const REASON_WIDTH = 240;

/**
 * Simulated networks, if this machine and user can have any; elsewhere, the tests that need one are skipped.
 */
const simulatedNetwork: Step = {
  name: networkTools.name,
  async check(tell) {
    const work = await networkTools.check(tell);
    return work?.obstacle === undefined ? work : undefined;
  },
};

const STEPS: readonly Step[] = [
  node,
  mediaWorker,
  webApp,
  chromium,
  chromiumShell,
  firefox,
  webkit,
  postgres,
  nats,
  pgbouncer,
  proxies,
  git,
  simulatedNetwork,
];

/**
 * Sets up what tests need, while tests that need nothing already run; starts one PostgreSQL for them all,
 * runs the suites, lists the slowest tests, and prints "N passed, N failed" as the last line. Returns the
 * exit code: 0 if nothing failed.
 *
 * Suites run in parallel, as many as the machine has cores (TEST_JOBS sets another number), and beside them
 * two of those that mostly wait, later two others while the machine has capacity. More would take longer:
 * browsers in a call use CPU time throughout their test. Their environment contains TEST_DATABASE_URL
 * (admin), NODE_BIN, MEDIASOUP_WORKER_BIN.
 */
export async function runTests(choose: (temp: string) => Promise<Suite[]>): Promise<number> {
  const stop = listenForStop();
  const begunAt = Date.now();
  const places = Number(Deno.env.get("TEST_JOBS")) || navigator.hardwareConcurrency;
  const results: SuiteResult[] = [];
  let hasFailed = false;
  const temp = await Deno.makeTempDir({ prefix: "tafelrunde-test-" });
  try {
    await using stack = new AsyncDisposableStack();
    const unready = new AbortController();
    const signal = AbortSignal.any([stop.signal, unready.signal]);
    const { step, done } = watched(dependencies);
    const ready = makeReady([step, ...STEPS], stack, stop.signal);
    ready.catch((error) => unready.abort(error));
    const installed = Promise.race([done, ready]);
    installed.catch(() => {});
    // On a terminal, set-up progress is shown in lines that are rewritten in place.
    if (Deno.stdout.isTerminal()) await ready;
    const suites = await choose(temp);
    const live = suites.length === 1 || places === 1;
    const run = async (suite: Suite) => {
      const env = suite.early ? await installed.then(() => ({})) : await ready;
      signal.throwIfAborted();
      results.push(await runSuite(suite, env, signal, live));
    };
    await runPool(longestFirst(suites), places, run, watchRoom());
    await ready;
    stop.signal.throwIfAborted();
  } catch (error) {
    hasFailed = true;
    if (error instanceof StopRequested) console.error("\nstopped before the end");
    else console.error(error instanceof SetupError ? error.message : error);
  } finally {
    await Deno.remove(temp, { recursive: true });
  }
  const sum: Count = { passed: 0, failed: hasFailed ? 1 : 0 };
  for (const { passed, failed } of results) {
    sum.passed += passed;
    sum.failed += failed;
  }
  report(results, (Date.now() - begunAt) / 1000);
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed ? 1 : 0;
}

/** Wraps `step` with a promise that resolves once it is satisfied; `done` never rejects. */
function watched(step: Step): { readonly step: Step; readonly done: Promise<void> } {
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const check: Step["check"] = async (tell) => {
    const work = await step.check(tell);
    if (work === undefined) resolve();
    return work && { ...work, run: async (tell, signal) => resolve(await work.run?.(tell, signal)) };
  };
  return { step: { ...step, check }, done };
}

/** Runs the setup steps and starts a PostgreSQL that stops with `stack`; returns the suites' environment. */
async function makeReady(
  steps: readonly Step[],
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  await setup(steps, signal);
  console.log(await describePrograms());
  const database = stack.use(await startPostgres());
  return {
    TEST_DATABASE_URL: database.url,
    NODE_BIN: await findNode() ?? "node",
    MEDIASOUP_WORKER_BIN: await findWorker() ?? "",
  };
}

/** Prints what failed, what was slow, and the total time. */
function report(results: readonly SuiteResult[], seconds: number): void {
  if (results.length > 1) {
    for (const line of describeSlowest(results.flatMap(({ tests }) => tests))) console.log(line);
    for (const line of describeBusiest(results)) console.log(line);
    for (const { name, tests } of results.filter(({ failed }) => failed)) {
      console.log(`failed: ${name}`);
      for (const test of tests.filter(({ outcome }) => outcome === "failed")) {
        console.log(`    ${test.name}`);
        for (const line of beginning(test.reason ?? "")) console.log(`        ${line}`);
      }
    }
  }
  const cpu = childrenCpuSeconds();
  console.log(`\n${minutes(seconds)}${cpu === undefined ? "" : `, ${minutes(cpu)} of processor time`}`);
}

/** The first lines of a failure's reason, repeated for logs of which only the end is kept. */
const beginning = (reason: string) =>
  reason.split("\n").filter((line) => line.trim()).slice(0, REASON_LINES).map((line) =>
    line.slice(0, REASON_WIDTH)
  );

const minutes = (seconds: number) => `${(seconds / 60).toFixed(1)} minutes`;

/**
 * CPU time of all child processes that have exited, seconds. Source: proc(5), /proc/pid/stat, in ticks of 10
 * ms.
 */
function childrenCpuSeconds(): number | undefined {
  try {
    const fields = Deno.readTextFileSync("/proc/self/stat").replace(/^.*\)\s/s, "").split(" ");
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return undefined;
  }
}
