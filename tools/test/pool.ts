/** A job that can require to run alone, or mostly wait. */
export interface Job {
  readonly alone?: boolean;
  readonly waits?: boolean;
}

/** Jobs that can run beside those with a slot: mostly waiting ones, and others while the machine is idle. */
const BESIDE = 2;

/**
 * Runs all jobs in order, `places` of them in parallel, and two more beside them: first those that mostly
 * wait, then others whenever `hasRoom`, which takes time to measure, finds that the machine has capacity.
 * With one place nothing runs beside it. Jobs that must run alone come last, one after another; those of them
 * that mostly wait run one after another beside the first ones. If one throws, no more jobs start, and the
 * error is thrown once the running ones are done.
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
  const calm = jobs.filter(({ alone, waits }) => alone && waits);
  const rest = jobs.filter(({ alone, waits }) => alone && !waits);
  if (places > 1) await Promise.all([work(rest), work(calm)]);
  else await work([...rest, ...calm]);
  if (faults.length) throw faults[0];
}
