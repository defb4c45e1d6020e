import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** The metrics of an edge. Labels are codes and buckets, never ids. docs/running.md lists them. */
export interface Metrics {
  readonly registry: Registry;
  /** Commands and requests refused, by refusal code. */
  readonly refused: Counter<"code">;
  /** Requests over a limit, by the limit's name. */
  readonly limited: Counter<"limit">;
  /** Signaling sockets closed by this edge, by close name. */
  readonly closed: Counter<"close">;
  /** Bugs of ours that were caught, by place. */
  readonly faults: Counter<"where">;
  /** Connections closed because of their number or slowness, by reason. */
  readonly shed: Counter<"why">;
  /** Snapshots sent to slow clients instead of missed events. */
  readonly caughtUp: Counter;
  /** Events stored by this edge. */
  readonly events: Counter;
  /** Events of a newer build that this one does not know. */
  readonly unknownEvents: Counter;
  /** Seconds from the start of an append to its commit. */
  readonly commitSeconds: Histogram;
  /** Appends lost to another edge that was faster. */
  readonly conflicts: Counter;
  /**
   * What was sent to other systems, or will be retried ("deferred"), waits for a limit ("held"), is not
   * wanted, was given up.
   */
  readonly outbox: Counter<"kind" | "outcome">;
  /**
   * Runs of periodic jobs that ended on this edge: done, failed, stopped with the edge, too late, or after
   * the lease was lost.
   */
  readonly jobRuns: Counter<"job" | "outcome">;
  /** Seconds that a run took. */
  readonly jobSeconds: Histogram<"job">;
  /** When a job last succeeded on any edge, seconds since 1970. */
  readonly jobSucceeded: Gauge<"job">;
  /** Participants moved to another media node, by reason. */
  readonly moved: Counter<"reason">;
  /** How often residency rules kept a room from a media node, or made media leave one. */
  readonly outside: Counter;
  /** Differences between nodes' media and the log, by the request that repaired them. */
  readonly repaired: Counter<"what">;
  /** Peers with live media who were not in their room's log; their media was closed. */
  readonly unseenPeers: Counter;
}

/** Values read when metrics are collected. */
export interface MetricSources {
  readonly sockets: () => number;
  /** The number of participants of each room in memory. */
  readonly roomSizes: () => Iterable<number>;
}

/** Upper bounds of the room-size buckets, participants. */
const ROOM_SIZES = [0, 2, 5, 10, 25, 50, 100, 250, 500];

/** Upper bounds of the commit-time buckets, seconds. */
const COMMIT_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** Upper bounds of the buckets for the duration of jobs, seconds. */
const JOB_BUCKETS = [0.01, 0.1, 1, 10, 60, 300];

/** New metrics for one edge. */
export function makeMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `tafelrunde_edge_${name}_total`, help, labelNames, registers });
  return {
    registry,
    refused: counter("refused", "Commands and requests refused, by code", ["code"]),
    limited: counter("limited", "Requests over a limit, by limit", ["limit"]),
    closed: counter("closed", "Signaling sockets closed by the edge, by reason", ["close"]),
    faults: counter("faults", "Bugs that were caught, by place", ["where"]),
    shed: counter("shed_connections", "Connections closed because of their number or slowness, by reason", [
      "why",
    ]),
    caughtUp: counter("caught_up", "Snapshots sent to slow clients in place of events", []),
    events: counter("events", "Events stored", []),
    unknownEvents: counter("unknown_events", "Events of a newer release that this edge does not know", []),
    conflicts: counter("append_conflicts", "Appends lost to another edge that was faster", []),
    outbox: counter(
      "outbox",
      "Items of the outbox: sent, to be retried, held back for their receiver, not wanted, given up",
      ["kind", "outcome"],
    ),
    jobRuns: counter("job_runs", "Runs of periodic jobs: done, failed, stopped, late, lost", [
      "job",
      "outcome",
    ]),
    jobSeconds: new Histogram({
      name: "tafelrunde_edge_job_seconds",
      help: "Duration of one run of a periodic job",
      labelNames: ["job"],
      buckets: JOB_BUCKETS,
      registers,
    }),
    jobSucceeded: new Gauge({
      name: "tafelrunde_edge_job_succeeded_seconds",
      help: "When a periodic job last succeeded on any edge, seconds since 1970",
      labelNames: ["job"],
      registers,
    }),
    moved: counter("moved", "Participants moved to another media node, by reason", ["reason"]),
    outside: counter("outside", "Media refused because residency rules forbid the node", []),
    repaired: counter("media_repairs", "Media that differed from the log, by the repairing request", [
      "what",
    ]),
    unseenPeers: counter(
      "unseen_peers",
      "Peers with live media who were not in their room; must stay 0",
      [],
    ),
    commitSeconds: new Histogram({
      name: "tafelrunde_edge_commit_seconds",
      help: "Time of one append",
      buckets: COMMIT_BUCKETS,
      registers,
    }),
  };
}

/** Adds the gauges that read `sources`. */
export function addGauges({ registry }: Metrics, sources: MetricSources): void {
  const registers = [registry];
  new Gauge({
    name: "tafelrunde_edge_sockets",
    help: "Open signaling sockets",
    registers,
    collect() {
      this.set(sources.sockets());
    },
  });
  new Gauge({
    name: "tafelrunde_edge_rooms",
    help: "Rooms in memory, by number of participants (upper bound)",
    labelNames: ["size"],
    registers,
    collect() {
      for (const size of ROOM_SIZES) this.set({ size }, 0);
      for (const people of sources.roomSizes()) {
        this.inc({ size: ROOM_SIZES.find((bound) => people <= bound) ?? ROOM_SIZES.at(-1)! });
      }
    },
  });
}
