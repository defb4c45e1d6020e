/** Something to be done, by itself if it says so, or mostly waiting for something. */
export interface Job {
  readonly alone?: boolean;
  readonly waits?: boolean;
}

/**
 * Does all jobs, at most `places` side by side, in their order, and beside them one of those that mostly wait; those
 * that have to be alone come last, one after another. What one throws is thrown when all that have begun are done, and
 * nothing else is begun.
 */
export async function runPool<J extends Job>(
  jobs: readonly J[],
  places: number,
  run: (job: J) => Promise<void>,
): Promise<void> {
  const busy = jobs.filter(({ alone, waits }) => !alone && !waits);
  const waiting = jobs.filter(({ alone, waits }) => !alone && waits);
  const faults: unknown[] = [];
  const work = async (queue: J[]) => {
    for (let job = queue.shift(); job !== undefined && !faults.length; job = queue.shift()) {
      await run(job).catch((error) => faults.push(error));
    }
  };
  await Promise.all([
    ...Array.from({ length: places }, () => work(busy).then(() => work(waiting))),
    ...places > 1 ? [work(waiting)] : [],
  ]);
  await work(jobs.filter(({ alone }) => alone));
  if (faults.length) throw faults[0];
}
