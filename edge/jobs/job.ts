/** Work that is done again and again on data that edges share. */
export interface Job {
  /**
   * What it works on, and what it does: "meetings.advance". Its row in the database and its label in the
   * metrics.
   */
  readonly name: string;
  /** Longest time from the end of a run to the next one, ms. */
  readonly everyMs: number;
  /** Longest duration of a run, ms; then `signal` is aborted, and the run counts as failed. */
  readonly atMostMs: number;
  /**
   * Does the work. It can be run again at any time, because its edge was killed or lost the lease: each of
   * its steps is a transaction, and doing one twice has no effect. Ends soon after `signal` is aborted.
   */
  run(signal: AbortSignal): Promise<void>;
}

/** Repeats `step`, which does at most `most` pieces of work and returns how many, until it finds less. */
export async function inBatches(
  signal: AbortSignal,
  most: number,
  step: () => Promise<number>,
): Promise<void> {
  while (!signal.aborted && await step() >= most);
}
