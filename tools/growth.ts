import assert from "node:assert/strict";
import process from "node:process";

/** Limit between the cost of four times the input for a linear parser (4) and for a quadratic one (16). */
const MOST = 9;

/**
 * Runs of which the shortest counts, and how often a growth above `MOST` is measured again: a busy machine
 * makes single runs longer, never shorter.
 */
const RUNS = 4;
const TRIES = 10;

/** Shortest duration of a measurement, ms: a single short run is lost in the clock's resolution. */
const LEAST_MS = 1;

/** CPU time that this process has used, ms: independent of other load on the machine. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/**
 * Fails, naming `what`, unless `work` costs about four times as much for an input of `4 * size` as for one of
 * `size`.
 */
export function assertLinear<Input>(
  what: string,
  size: number,
  inputOf: (size: number) => Input,
  work: (input: Input) => unknown,
): void {
  const small = inputOf(size);
  const large = inputOf(4 * size);
  const spent = (input: Input, times: number) => {
    const from = cpuMs();
    for (let n = 0; n < times; n++) work(input);
    return cpuMs() - from;
  };
  spent(large, 1);
  let times = 1;
  while (spent(small, times) < LEAST_MS) times *= 2;
  let least = Infinity;
  for (let tried = 0; tried < TRIES && least > MOST; tried++) {
    let ofSmall = Infinity;
    let ofLarge = Infinity;
    for (let run = 0; run < RUNS; run++) {
      ofSmall = Math.min(ofSmall, spent(small, times));
      ofLarge = Math.min(ofLarge, spent(large, times));
    }
    least = Math.min(least, ofLarge / ofSmall);
  }
  assert.ok(least <= MOST, `${what}: 4 times the input costs ${least.toFixed(1)} times as much`);
}
