/** Something to be done, by itself if it says so, or mostly waiting for something. */
export interface Job {
  readonly alone?: boolean;
  readonly waits?: boolean;
}

/** How many jobs may run besides those that have places: such as mostly wait, and others while the machine is idle. */
const BESIDE = 2;

/**
 * Does all jobs, `places` of them side by side, in their order, and two more beside them: those that mostly wait, then
 * others whenever `hasRoom`, which takes its time to look, says that the machine could do more. With one place there
 * is nothing beside it. Those that have to be alone come last, one after another. What one throws is thrown when all
 * that have begun are done, and nothing else is begun.
 */
export async function runPool<J extends Job>(
  jobs: readonly J[],
  places: number,
  run: (job: J) => Promise<void>,
  hasRoom?: () => Promise<boolean>,
): Promise<void> {
  const busy = jobs.filter(({ alone, waits }) => !alone && !waits);
  const waiting = jobs.filter(({ alone, waits }) => !alone && waits);
  const faults: unknown[] = [];
  const attempt = (job: J) => run(job).catch((error) => faults.push(error));
  const work = async (queue: J[]) => {
    for (let job = queue.shift(); job !== undefined && !faults.length; job = queue.shift()) {
      await attempt(job);
    }
  };
  const fillIn = async () => {
    await work(waiting);
    while (hasRoom !== undefined && busy.length && !faults.length) {
      if (!await hasRoom() || faults.length) continue;
      const job = busy.shift();
      if (job !== undefined) await attempt(job);
    }
  };
  await Promise.all([
    ...Array.from({ length: places }, () => work(busy).then(() => work(waiting))),
    ...places > 1 ? Array.from({ length: BESIDE }, fillIn) : [],
  ]);
  await work(jobs.filter(({ alone }) => alone));
  if (faults.length) throw faults[0];
}
