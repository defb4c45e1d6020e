import { leash } from "../leash.ts";
import { ROOT } from "../places.ts";
import { type Count, countTests } from "./junit.ts";

/** Longest time for one suite, ms: what hangs should fail while somebody still looks. */
const SUITE_MS = 15 * 60_000;

/** Tests that one program runs. */
export interface Suite {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Where its JUnit report will be; undefined: the program as a whole is one test. */
  readonly report?: string;
}

/**
 * Runs a suite with its output on the terminal and counts its tests. One that fails without a failed test to show,
 * or that ran no test, counts as one failure.
 */
export async function runSuite(
  suite: Suite,
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<Count> {
  console.log(`\n── ${suite.name}`);
  const begunAt = Date.now();
  const either = AbortSignal.any([signal, AbortSignal.timeout(SUITE_MS)]);
  const leashed = leash(suite.command, [...suite.args], { cwd: ROOT, env });
  const letGo = () => void leashed.letGo();
  either.addEventListener("abort", letGo);
  const { code } = await leashed.process.status;
  either.removeEventListener("abort", letGo);
  letGo();
  if (either.aborted && !signal.aborted) {
    console.error(`${suite.name}: not done within ${SUITE_MS / 60_000} minutes`);
  }

  const count = suite.report === undefined
    ? { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }
    : countTests(await Deno.readTextFile(suite.report).catch(() => ""));
  if (count.failed === 0 && code !== 0) {
    console.error(`${suite.name}: ended with code ${code}`);
    count.failed = 1;
  }
  if (count.passed + count.failed === 0) {
    console.error(`${suite.name}: ran no test`);
    count.failed = 1;
  }
  console.log(`── ${suite.name}: ${count.passed} passed, ${count.failed} failed (${seconds(begunAt)} s)`);
  return count;
}

const seconds = (begunAt: number) => ((Date.now() - begunAt) / 1000).toFixed(1);
