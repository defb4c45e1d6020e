import { timingSafeEqual } from "node:crypto";
import type { RequestListener } from "node:http";
import { type MediaNoticeOf, NODE_STATES } from "@tafelrunde/protocol/media";
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { ResourceCounts } from "./resource_counts.ts";

/** Values that are read on each scrape. */
export interface MetricSources {
  /** The load report last sent to the edges; undefined before the first. */
  readonly load: () => MediaNoticeOf<"load"> | undefined;
  readonly resourceCounts: Pick<ResourceCounts, "open">;
  /** Peers closed since the start because no room log contained them. */
  readonly unseen: () => number;
  /** Requests refused since the start, by code. */
  readonly refused: () => ReadonlyMap<string, number>;
  /** Faults that were caught, by place. */
  readonly faults: ReadonlyMap<string, number>;
}

/** The metrics of one node. Labels are kinds and worker numbers, never ids. docs/running.md lists them. */
export function makeMetrics({ load, resourceCounts, unseen, refused, faults }: MetricSources): Registry {
  const registry = new Registry();
  const registers = [registry];
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    collect: (this: Gauge<Label>) => void,
  ) => new Gauge({ name: `tafelrunde_media_${name}`, help, labelNames, registers, collect });
  const loadGauge = (name: string, help: string, read: (load: MediaNoticeOf<"load">) => number) =>
    gauge(name, help, [], function () {
      const now = load();
      if (now !== undefined) this.set(read(now));
    });
  gauge("state", "1 for the state that the node is in", ["state"], function () {
    for (const state of NODE_STATES) this.set({ state }, Number(load()?.state === state));
  });
  gauge(
    "worker_cpu",
    "Share of one core that each worker used over the last second",
    ["worker"],
    function () {
      this.reset();
      for (const [worker, share] of load()?.cpu.entries() ?? []) this.set({ worker: String(worker) }, share);
    },
  );
  loadGauge("peers", "People, waiting ones too", ({ peers }) => peers);
  loadGauge("rooms", "Rooms with people on this node", ({ rooms }) => rooms);
  loadGauge("send_bps", "Sent over the last second, including pipes, bit/s", ({ sendBps }) => sendBps);
  loadGauge("recv_bps", "Received over the last second, including pipes, bit/s", ({ recvBps }) => recvBps);
  loadGauge(
    "outside",
    "Participants and pipes refused because of residency since the start",
    ({ outside }) => outside,
  );
  new Counter({
    name: "tafelrunde_media_faults_total",
    help: "Caught bugs of the node, by place",
    labelNames: ["where"],
    registers,
    collect() {
      this.reset();
      for (const [where, count] of faults) this.inc({ where }, count);
    },
  });
  new Counter({
    name: "tafelrunde_media_unseen_peers_total",
    help: "Participants with live media who were not in their room's log; closed; must stay 0",
    registers,
    collect() {
      this.reset();
      this.inc(unseen());
    },
  });
  new Counter({
    name: "tafelrunde_media_refused_total",
    help: "Refused requests of edges, by code",
    labelNames: ["code"],
    registers,
    collect() {
      this.reset();
      for (const [code, count] of refused()) this.inc({ code }, count);
    },
  });
  gauge("open", "What mediasoup holds", ["kind"], function () {
    for (const [kind, count] of Object.entries(resourceCounts.open)) this.set({ kind }, count);
  });
  return registry;
}

/**
 * Responds with the node's and the process's metrics in Prometheus text format if the request has the bearer
 * `token`.
 */
export function serveMetrics(registry: Registry, token: string): RequestListener {
  collectDefaultMetrics({ register: registry });
  const expected = Buffer.from(`Bearer ${token}`);
  return (request, response) => {
    const given = Buffer.from(request.headers.authorization ?? "");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      response.writeHead(401).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "content-type": registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  };
}
