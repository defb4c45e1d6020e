import type { NodeId, NodeOption, RttByNode } from "@tafelrunde/protocol";
import { after } from "./timer.ts";

/** Echoes per node. The first also warms the connection. */
const ECHOES = 6;

/**
 * How many of the shortest round trips count; their median is the result: delayed ones say nothing about the
 * network.
 */
const BEST = 3;

/** Timeout per node, ms: a slower one is too far away to matter. */
const DEADLINE_MS = 3_000;

/** Measures the round trips to all nodes at once. Leaves out those that do not answer. Never rejects. */
export async function measureNodes(nodes: readonly NodeOption[], signal: AbortSignal): Promise<RttByNode> {
  const rtts = await Promise.all(nodes.map(async ({ nodeId, probeUrl }): Promise<[NodeId, number][]> => {
    const trips = probeUrl === null ? [] : await echo(probeUrl, signal);
    return trips.length === 0 ? [] : [[nodeId, bestMedian(trips)]];
  }));
  return Object.fromEntries(rtts.flat());
}

/** The median of the shortest round trips, ms, to a tenth. */
export function bestMedian(trips: readonly number[]): number {
  const best = trips.toSorted((a, b) => a - b).slice(0, BEST);
  return Math.round(best[Math.floor((best.length - 1) / 2)]! * 10) / 10;
}

/** Sequential round trips over one connection, ms. */
function echo(url: string, signal: AbortSignal): Promise<number[]> {
  const { promise, resolve } = Promise.withResolvers<number[]>();
  const life = new AbortController();
  const trips: number[] = [];
  let sentAt = 0;
  let socket: WebSocket;
  const end = () => {
    life.abort();
    socket?.close();
    resolve(trips);
  };
  try {
    socket = new WebSocket(url);
  } catch (cause) {
    console.warn("not measured", url, cause);
    return Promise.resolve([]);
  }
  const send = () => {
    sentAt = performance.now();
    socket.send(String(trips.length));
  };
  socket.addEventListener("open", send, { signal: life.signal });
  socket.addEventListener("message", () => {
    trips.push(performance.now() - sentAt);
    if (trips.length < ECHOES) send();
    else end();
  }, { signal: life.signal });
  socket.addEventListener("close", end, { signal: life.signal });
  signal.addEventListener("abort", end, { once: true, signal: life.signal });
  after(DEADLINE_MS, end, life.signal);
  return promise;
}
