/** Duration of a measurement of idle time, ms: a job that has just started must show its use. */
const LOOK_MS = 1_000;

/** The share of total CPU time that must be idle. */
const IDLE_PART = 0.2;

/** Memory that must be free, bytes: a test with three browsers takes 1.5 GiB. */
const FREE_BYTES = 2 * 1024 ** 3;

/** CPU time of all cores since the machine's start, in any unit. */
export interface ProcessorTime {
  readonly idle: number;
  readonly all: number;
}

/** Parses the first line of /proc/stat. Source: proc(5): user nice system idle iowait irq softirq steal. */
export function readProcessorTime(stat: string): ProcessorTime {
  const times = stat.split("\n", 1)[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  return { idle: times[3]! + times[4]!, all: times.reduce((sum, one) => sum + one, 0) };
}

/** Whether enough of the time between the two was idle. */
export function isIdle(before: ProcessorTime, after: ProcessorTime): boolean {
  return after.idle - before.idle >= (after.all - before.all) * IDLE_PART && after.all > before.all;
}

/**
 * Returns a function that measures, one call after another, whether the machine has capacity; always false if
 * that cannot be measured.
 */
export function watchRoom(): () => Promise<boolean> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const look = last.then(lookForRoom);
    last = look;
    return look;
  };
}

async function lookForRoom(): Promise<boolean> {
  const before = await processorTime();
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  const after = await processorTime();
  return before !== undefined && after !== undefined && isIdle(before, after) &&
    Deno.systemMemoryInfo().available >= FREE_BYTES;
}

async function processorTime(): Promise<ProcessorTime | undefined> {
  try {
    return readProcessorTime(await Deno.readTextFile("/proc/stat"));
  } catch {
    return undefined;
  }
}
