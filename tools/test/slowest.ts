import { relative } from "node:path";
import { ROOT } from "../places.ts";
import type { TestResult } from "./junit.ts";
import type { SuiteResult } from "./suite.ts";

/** Number of files, and of tests, that are listed. */
const MANY = 10;

/** The slowest test files and tests, as lines for the log; none if there are fewer than two tests. */
export function describeSlowest(tests: readonly TestResult[]): string[] {
  if (tests.length < 2) return [];
  // Deno counts a step as a test, "test > step", whose time is part of its test's.
  const whole = tests.filter(({ name }) => !name.includes(" > "));
  const files = new Map<string, number>();
  for (const { file, seconds } of whole) files.set(file, (files.get(file) ?? 0) + seconds);
  const slowestTests = [...whole].sort((a, b) => b.seconds - a.seconds);
  return [
    "slowest files",
    ...[...files].sort(([, a], [, b]) => b - a).slice(0, MANY).map(([file, s]) => line(s, pathOf(file))),
    "slowest tests",
    ...slowestTests.slice(0, MANY).map(({ file, name, seconds }) => line(seconds, `${pathOf(file)} ${name}`)),
  ];
}

/** The suites with the most CPU time, as lines for the log. */
export function describeBusiest(suites: readonly Pick<SuiteResult, "name" | "cpuSeconds">[]): string[] {
  if (suites.length < 2) return [];
  const busiest = [...suites].sort((a, b) => b.cpuSeconds - a.cpuSeconds).slice(0, MANY);
  return ["most processor time", ...busiest.map(({ name, cpuSeconds }) => line(cpuSeconds, name))];
}

const line = (seconds: number, text: string) => `${seconds.toFixed(1).padStart(8)} s  ${text}`;

/** Deno names files from the root, with "./"; Node with their absolute path. */
const pathOf = (file: string) => file.startsWith("/") ? relative(ROOT, file) : file.replace(/^\.\//, "");
