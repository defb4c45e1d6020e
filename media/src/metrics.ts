import { timingSafeEqual } from "node:crypto";
import type { RequestListener } from "node:http";
import { type MediaNoticeOf, NODE_STATES } from "@tafelrunde/protocol/media";
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import type { Census } from "./census.ts";

/** Values that are read on each scrape. */
export interface MetricSources {
  /** The load report last sent to the edges; undefined before the first. */
  readonly load: () => MediaNoticeOf<"load"> | undefined;
  readonly census: Pick<Census, "open">;
  /** Peers closed since the start because no room log contained them. */
  readonly unseen: () => number;
  /** Requests refused since the start, by code. */
  readonly refused: () => ReadonlyMap<string, number>;
  /** Faults that were caught, by place. */
  readonly faults: ReadonlyMap<string, number>;
}

/** The metrics of one node. Labels are kinds and worker numbers, never ids. docs/running.md lists them. */
export function makeMetrics({ load, census, unseen, refused, faults }: MetricSources): Registry {
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
  loadGauge("send_bps", "Sent over the last second, pipes too, bit/s", ({ sendBps }) => sendBps);
  loadGauge("recv_bps", "Received over the last second, pipes too, bit/s", ({ recvBps }) => recvBps);
  loadGauge(
    "outside",
    "People and pipes that residency has refused since the start",
    ({ outside }) => outside,
  );
  new Counter({
    name: "tafelrunde_media_faults_total",
    help: "Bugs of ours that something caught, by where",
    labelNames: ["where"],
    registers,
    collect() {
      this.reset();
      for (const [where, count] of faults) this.inc({ where }, count);
    },
  });
  new Counter({
    name: "tafelrunde_media_unseen_peers_total",
    help: "People with live media whom their room's log did not have; closed; must stay 0",
    registers,
    collect() {
      this.reset();
      this.inc(unseen());
    },
  });
  new Counter({
    name: "tafelrunde_media_refused_total",
    help: "Requests of edges refused, by code",
    labelNames: ["code"],
    registers,
    collect() {
      this.reset();
      for (const [code, count] of refused()) this.inc({ code }, count);
    },
  });
  gauge("open", "What mediasoup holds", ["kind"], function () {
    for (const [kind, count] of Object.entries(census.open)) this.set({ kind }, count);
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
