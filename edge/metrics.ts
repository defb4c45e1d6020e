import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** What an edge counts. Labels are codes and buckets, never ids. docs/running.md lists them. */
export interface Metrics {
  readonly registry: Registry;
  /** Commands and requests refused, by refusal code. */
  readonly refused: Counter<"code">;
  /** Requests over a limit, by the limit's name. */
  readonly limited: Counter<"limit">;
  /** Signaling sockets closed by this edge, by close name. */
  readonly closed: Counter<"close">;
  /** Bugs of ours that something caught, by where. */
  readonly faults: Counter<"where">;
  /** Connections that this edge ended because of their number or slowness, by why. */
  readonly shed: Counter<"why">;
  /** Snapshots sent in place of events that a slow reader missed. */
  readonly caughtUp: Counter;
  /** Events stored by this edge. */
  readonly events: Counter;
  /** Events of a newer build that this one does not know. */
  readonly unknownEvents: Counter;
  /** Seconds from the start of an append to its commit. */
  readonly commitSeconds: Histogram;
  /** Appends that another edge was ahead of. */
  readonly conflicts: Counter;
  /** Mails handed over to a server ("sent"), to be tried again ("deferred"), and given up ("givenUp"). */
  readonly mails: Counter<"outcome">;
  /** People who were moved to another media node, by reason. */
  readonly moved: Counter<"reason">;
  /** Times that a room's bounds kept it from a media node, or somebody's media had to leave one. */
  readonly outside: Counter;
  /** Things of people's media that were not as the log says, by what was asked of the node to put it right. */
  readonly repaired: Counter<"what">;
  /** People with live media whom the log of their room did not have; they were closed. */
  readonly unseenPeers: Counter;
}

/** What is read when somebody asks. */
export interface MetricSources {
  readonly sockets: () => number;
  /** How many people each room in memory has. */
  readonly roomSizes: () => Iterable<number>;
}

/** Upper bounds of the room-size buckets, people. */
const ROOM_SIZES = [0, 2, 5, 10, 25, 50, 100, 250, 500];

/** Upper bounds of the commit-time buckets, seconds. */
const COMMIT_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** Fresh metrics of one edge. */
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
    faults: counter("faults", "Bugs of ours that something caught, by where", ["where"]),
    shed: counter("shed_connections", "Connections ended because of their number or slowness, by why", [
      "why",
    ]),
    caughtUp: counter("caught_up", "Snapshots sent to slow readers in place of events", []),
    events: counter("events", "Events stored", []),
    unknownEvents: counter("unknown_events", "Events of a newer release that this edge does not know", []),
    conflicts: counter("append_conflicts", "Appends that another edge was ahead of", []),
    mails: counter(
      "mails",
      "Mails sent, to be tried again, held back for their reader, not wanted, given up",
      ["outcome"],
    ),
    moved: counter("moved", "People moved to another media node, by reason", ["reason"]),
    outside: counter("outside", "Media refused because a room may not be on a node", []),
    repaired: counter("media_repairs", "Media that was not as the log says, by what was asked", ["what"]),
    unseenPeers: counter(
      "unseen_peers",
      "People with live media who were not in their room; must stay 0",
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
    help: "Rooms in memory, by the number of people in them (upper bound)",
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
