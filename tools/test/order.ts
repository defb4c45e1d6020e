import { CACHE } from "../places.ts";
import type { Suite, SuiteResult } from "./suite.ts";

/** How long each suite took when it last ran on this machine, seconds, by name. */
const TIMES = `${CACHE}/test_times.json`;

async function readTimes(): Promise<Record<string, number>> {
  try {
    return JSON.parse(await Deno.readTextFile(TIMES));
  } catch {
    return {};
  }
}

/** The suites, those first that took longest before, so that none is left running when all others are done. */
export async function longestFirst(suites: readonly Suite[]): Promise<Suite[]> {
  const times = await readTimes();
  const secondsOf = ({ name }: Suite) => times[name] ?? Infinity;
  return [...suites].sort((a, b) => secondsOf(a) === secondsOf(b) ? 0 : secondsOf(b) - secondsOf(a));
}

export async function rememberTimes(results: readonly SuiteResult[]): Promise<void> {
  const times = {
    ...await readTimes(),
    ...Object.fromEntries(results.map((one) => [one.name, one.seconds])),
  };
  const draft = `${TIMES}-${crypto.randomUUID()}`;
  await Deno.writeTextFile(draft, JSON.stringify(times, null, 1));
  await Deno.rename(draft, TIMES);
}
