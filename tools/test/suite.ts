import { eachLine, startChild } from "../child_process.ts";
import { ROOT } from "../places.ts";
import { type Count, countTests, readTests, type TestResult } from "./junit.ts";

/** Longest duration of one suite, ms, so that a hanging suite fails soon. `SUITE_MS` overrides. */
const SUITE_MS = 15 * 60_000;

/** Most output kept of a suite that runs beside others, characters. */
const MAX_OUTPUT = 2_000_000;

/** Tests that one program runs. */
export interface Suite {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Path of its JUnit report; undefined: the program as a whole is one test. */
  readonly report?: string;
  /**
   * The test file, if it is a single one. A report names the file that calls `Deno.test`, which can be one
   * that it imports.
   */
  readonly file?: string;
  /** It needs nothing but the npm packages. */
  readonly early?: boolean;
  /** It measures time: nothing else runs meanwhile. */
  readonly alone?: boolean;
  /** It mostly waits. */
  readonly waits?: boolean;
  /** Approximate duration, if it has no entry in `SECONDS` (order.ts). */
  readonly seconds?: number;
}

/** The result of a suite. */
export interface SuiteResult extends Count {
  readonly name: string;
  readonly seconds: number;
  /** CPU time of all its processes, seconds; 0 if unknown. */
  readonly cpuSeconds: number;
  readonly tests: readonly TestResult[];
}

/**
 * Runs a suite and counts its tests. A suite that fails without a failed test, or that ran no test, counts as
 * one failure. Its output is printed as it arrives (`live`), or all at once at the end.
 */
export async function runSuite(
  suite: Suite,
  env: Record<string, string>,
  signal: AbortSignal,
  live = true,
): Promise<SuiteResult> {
  console.log(live ? `\n── ${suite.name}` : `── ${suite.name} …`);
  const begunAt = Date.now();
  const limitMs = Number(Deno.env.get("SUITE_MS")) || SUITE_MS;
  const either = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const output = live ? "inherit" : "piped";
  const timesTo = await Deno.makeTempFile({ prefix: "tafelrunde-times-" });
  const options = { cwd: ROOT, env, stdout: output, stderr: output, timesTo } as const;
  const child = startChild(suite.command, [...suite.args], options);
  const letGo = () => void child.end();
  either.addEventListener("abort", letGo);
  if (either.aborted) letGo();
  let said = "";
  const hear = (line: string) => void (said = `${said}${line}\n`.slice(-MAX_OUTPUT));
  const { process } = child;
  const [{ code }] = await Promise.all([
    process.status,
    ...live ? [] : [eachLine(process.stdout, hear), eachLine(process.stderr, hear)],
  ]);
  either.removeEventListener("abort", letGo);
  letGo();
  const cpuSeconds = readCpuSeconds(await Deno.readTextFile(timesTo));
  await Deno.remove(timesTo);

  if (!live) console.log(`\n── ${suite.name}\n${said.trimEnd()}`);
  if (either.aborted && !signal.aborted) {
    console.error(`${suite.name}: not done within ${limitMs / 60_000} minutes`);
  }
  const tests = await testsOf(suite, code);
  const count = countTests(tests);
  if (count.failed === 0 && code !== 0) {
    console.error(`${suite.name}: ended with code ${code}`);
    count.failed = 1;
  }
  if (count.passed + count.failed === 0 && !tests.some(({ outcome }) => outcome === "skipped")) {
    console.error(`${suite.name}: ran no test`);
    count.failed = 1;
  }
  const seconds = (Date.now() - begunAt) / 1000;
  console.log(
    `── ${suite.name}: ${count.passed} passed, ${count.failed} failed (${seconds.toFixed(1)} s, processor ${
      cpuSeconds.toFixed(1)
    } s)`,
  );
  return { name: suite.name, ...count, seconds, cpuSeconds, tests };
}

/**
 * The CPU time of a shell's children from the output of `times`, seconds; 0 without output. Source:
 * POSIX.1-2017, times: user and system, "2m0.03s", of the shell, then of its children.
 */
export function readCpuSeconds(times: string): number {
  const children = times.trim().split("\n")[1]?.match(/[\d.]+/g)?.map(Number) ?? [];
  const [minutes = 0, seconds = 0, systemMinutes = 0, systemSeconds = 0] = children;
  return (minutes + systemMinutes) * 60 + seconds + systemSeconds;
}

async function testsOf({ name, report, file }: Suite, code: number): Promise<readonly TestResult[]> {
  if (report !== undefined) {
    const tests = readTests(await Deno.readTextFile(report).catch(() => ""));
    return file === undefined ? tests : tests.map((test) => ({ ...test, file }));
  }
  return [{ file: name, name, seconds: 0, outcome: code === 0 ? "passed" : "failed" }];
}
