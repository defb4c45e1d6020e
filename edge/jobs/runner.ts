import { type Backoff, backoffMs, jittered } from "@tafelrunde/protocol";
import { guarded } from "@tafelrunde/protocol/process/faults";
import type { EdgeContext } from "../context.ts";
import { pause } from "../pause.ts";
import { addJobs, claimJob, endJob, type JobRecord, type JobRun, readJobs, renewJobs } from "../store/job.ts";
import { isStoreAway, warnOf } from "../store/unavailable.ts";
import type { Job } from "./job.ts";

/**
 * Delay before a job is run again that failed, or whose edge was killed, ms; the longest is at least a
 * minute.
 */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** Most jobs that run at the same time on one edge. */
const MAX_RUNNING = 3;

/** Durations of an edge's runner, ms. */
const PACE = {
  /** Longest time between two looks for jobs that are due. */
  lookMs: 2_000,
  /** How long a job stays with an edge that does not renew its lease. */
  leaseMs: 30_000,
  /** Interval of renewals. */
  renewMs: 10_000,
  /** How long an edge that shuts down waits for its jobs. */
  graceMs: 5_000,
};

type RunnerContext = Pick<EdgeContext, "db" | "edgeId" | "log" | "metrics">;

/** Why a run was told to end. */
type Abort = "late" | "lost" | "stopped";

interface Running {
  readonly job: Job;
  readonly run: JobRun;
  readonly stop: AbortController;
  /** When the lease was last known to be renewed, by `performance.now()`. */
  renewedAt: number;
  abort?: Abort;
}

/**
 * Runs the periodic jobs of an installation, each on one edge at a time. Whatever edge finds a job due takes
 * its lease in the database, by the database's clock, and renews it while the job runs. If that edge is
 * killed, another one takes the job when the lease is over. A failed job is repeated after a growing delay.
 *
 * A job is what works on data that edges share. Not jobs are: what an edge does for itself (its lease, its
 * sockets, the rooms in its memory, counting its participants' minutes); what each edge must tend with the
 * database's clock (due times of features, absences of participants); and the outbox, whose rows are claimed
 * one by one so that all edges send.
 */
export class JobRunner implements AsyncDisposable {
  readonly #context: RunnerContext;
  readonly #jobs: readonly Job[];
  readonly #pace: typeof PACE;
  readonly #running = new Map<string, Running>();
  readonly #runs = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  /** Ends the pause before the next look. */
  #wake = new AbortController();
  /** Whether a job is due for which there was no place. */
  #isBehind = false;
  #looking: Promise<void> = Promise.resolve();
  #renewing: Promise<void> | undefined;

  constructor(context: RunnerContext, jobs: readonly Job[], pace: Partial<typeof PACE> = {}) {
    this.#context = context;
    this.#jobs = jobs;
    this.#pace = { ...PACE, ...pace };
    if (new Set(jobs.map(({ name }) => name)).size < jobs.length) throw new Error("two jobs have one name");
  }

  /** Begins to look for jobs that are due. */
  start(): void {
    const { log } = this.#context;
    this.#looking = this.#lookUntilStopped();
    const timer = setInterval(
      guarded(log, "job", () => {
        this.#renewing ??= this.#renew().finally(() => this.#renewing = undefined);
        return this.#renewing;
      }),
      this.#pace.renewMs,
    );
    this.#stop.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  /** Tells its jobs to end, waits for them for a few seconds, and leaves them to other edges. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#looking;
    for (const running of this.#running.values()) this.#abort(running, "stopped");
    const patience = new AbortController();
    await Promise.race([
      Promise.all(this.#runs).then(() => patience.abort()),
      pause(this.#pace.graceMs, patience.signal),
    ]);
    await this.#renewing;
  }

  async #lookUntilStopped(): Promise<void> {
    const { signal } = this.#stop;
    let isKnown = false;
    while (!signal.aborted) {
      let waitMs = this.#pace.lookMs;
      this.#wake = new AbortController();
      try {
        if (!isKnown) await addJobs(this.#context.db, this.#jobs.map(({ name }) => name));
        isKnown = true;
        waitMs = Math.min(waitMs, await this.#look());
      } catch (error) {
        warnOf(this.#context.log, "jobs.look", error);
      }
      if (!signal.aborted) await pause(waitMs, this.#wake.signal);
    }
  }

  /** Starts what is due, longest waiting first; returns the time until something else will be, ms. */
  async #look(): Promise<number> {
    const { db, metrics } = this.#context;
    const records = new Map((await readJobs(db)).map((record) => [record.name, record]));
    let waitMs = this.#pace.lookMs;
    this.#isBehind = false;
    const known = this.#jobs.flatMap((job) => {
      const record = records.get(job.name);
      return record === undefined ? [] : [{ job, record }];
    }).sort((one, other) => one.record.waitMs - other.record.waitMs);
    for (const { job, record } of known) {
      if (record.succeededAt !== null) {
        metrics.jobSucceeded.set({ job: job.name }, Math.round(record.succeededAt / 1000));
      }
      if (this.#running.has(job.name)) continue;
      if (record.waitMs > 0) waitMs = Math.min(waitMs, record.waitMs);
      else if (this.#running.size < MAX_RUNNING) await this.#claim(job, record);
      else this.#isBehind = true;
    }
    return waitMs;
  }

  async #claim(job: Job, { failures }: JobRecord): Promise<void> {
    const { leaseMs } = this.#pace;
    const retryMs = retryAfterMs(job, failures);
    const askedAt = performance.now();
    const { db, edgeId } = this.#context;
    const run = await claimJob(db, job.name, edgeId, { leaseMs, retryMs });
    if (run === undefined) return;
    const running: Running = { job, run, stop: new AbortController(), renewedAt: askedAt };
    this.#running.set(job.name, running);
    if (this.#stop.signal.aborted) this.#abort(running, "stopped");
    const done = this.#run(running, retryMs).catch((error) => warnOf(this.#context.log, "jobs.end", error))
      .finally(() => {
        this.#running.delete(job.name);
        this.#runs.delete(done);
        if (this.#isBehind) this.#wake.abort();
      });
    this.#runs.add(done);
  }

  async #run(running: Running, retryMs: number): Promise<void> {
    const { db, log, metrics } = this.#context;
    const { job, run, stop } = running;
    const late = setTimeout(() => this.#abort(running, "late"), job.atMostMs);
    const endTimer = metrics.jobSeconds.startTimer({ job: job.name });
    let isFailed = false;
    try {
      await job.run(stop.signal);
    } catch (error) {
      isFailed = true;
      if (isStoreAway(error)) log.warn("store.away", { where: job.name, error });
      else log.error("fault", { where: "job", job: job.name, error });
    } finally {
      clearTimeout(late);
      endTimer();
    }
    const outcome = running.abort ?? (isFailed ? "failed" : "done");
    metrics.jobRuns.inc({ job: job.name, outcome });
    if (outcome === "late" || outcome === "lost") log.warn("job.cutShort", { job: job.name, outcome });
    if (outcome === "lost") return;
    const dueInMs = { done: spread(job.everyMs), stopped: 0, failed: retryMs, late: retryMs }[outcome];
    await endJob(db, run, { outcome: outcome === "late" ? "failed" : outcome, dueInMs });
  }

  #abort(running: Running, why: Abort): void {
    running.abort ??= why;
    running.stop.abort();
  }

  /** Renews the leases of the running jobs, except those that are late. */
  async #renew(): Promise<void> {
    const { db, log } = this.#context;
    const running = [...this.#running.values()].filter(({ abort }) => abort === undefined);
    if (running.length === 0) return;
    const askedAt = performance.now();
    try {
      const held = await renewJobs(db, running.map(({ run }) => run), this.#pace.leaseMs);
      for (const one of running) {
        if (held.has(one.job.name)) one.renewedAt = askedAt;
        else if (this.#running.get(one.job.name) === one) this.#abort(one, "lost");
      }
    } catch (error) {
      warnOf(log, "jobs.renew", error);
    }
    for (const one of running) {
      if (performance.now() - one.renewedAt > this.#pace.leaseMs) this.#abort(one, "lost");
    }
  }
}

/** The delay before the next run if this one fails, ms. `failures`: before it. */
function retryAfterMs({ everyMs }: Job, failures: number): number {
  const backoff: Backoff = { firstMs: FIRST_RETRY_MS, longestMs: Math.max(everyMs, LONGEST_RETRY_MS) };
  return jittered(backoffMs(failures, backoff));
}

/** A tenth less at most, so that jobs with one interval do not stay in step, ms. */
function spread(everyMs: number): number {
  return everyMs * (0.9 + Math.random() / 10);
}
