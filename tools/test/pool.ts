/** A job with what it requires of those beside it. */
export interface Job {
  /** It measures time. */
  readonly alone?: boolean;
  readonly waits?: boolean;
}

/** Jobs that can run beside those with a slot: mostly waiting ones, then others while the machine is idle. */
const BESIDE = 2;

/** Further jobs that run while the machine is idle. */
const FILL_IN = 1;

/**
 * Runs all jobs in order, `places` of them in parallel, and more beside them: two that mostly wait, and
 * others whenever `hasRoom`, which takes time to measure, finds that the machine has capacity. With one place
 * nothing runs beside it. Jobs that must run alone come last, one after another; those of them that mostly
 * wait run one after another beside the first ones. If one throws, no more jobs start, and the error is
 * thrown once the running ones are done.
 */
export async function runPool<J extends Job>(
  jobs: readonly J[],
  places: number,
  run: (job: J) => Promise<void>,
  hasRoom?: () => Promise<boolean>,
): Promise<void> {
  const measuring = jobs.filter(({ alone, waits }) => alone && !waits);
  const calm = jobs.filter(({ alone, waits }) => alone && waits);
  const others = jobs.filter(({ alone }) => !alone);
  const busy = others.filter(({ waits }) => !waits);
  const waiting = others.filter(({ waits }) => waits);
  const faults: unknown[] = [];
  const attempt = (job: J) => run(job).catch((error) => faults.push(error));
  const work = async (queue: J[]) => {
    for (let job = queue.shift(); job !== undefined && !faults.length; job = queue.shift()) {
      await attempt(job);
    }
  };
  const fillIn = async () => {
    while (hasRoom !== undefined && busy.length && !faults.length) {
      if (!await hasRoom() || faults.length) continue;
      const job = busy.shift();
      if (job !== undefined) await attempt(job);
    }
  };
  const many = (count: number, act: () => Promise<void>) => Array.from({ length: count }, act);
  const all = many(places, () => work(busy).then(() => work(waiting)));
  if (places > 1) all.push(...many(BESIDE, () => work(waiting).then(fillIn)), ...many(FILL_IN, fillIn));
  await Promise.all(all);
  if (places > 1) await Promise.all([measuring, calm].map(work));
  else await work([...measuring, ...calm]);
  if (faults.length) throw faults[0];
}
