import type { NodeId, NodeOption, RttByNode } from "@tafelrunde/protocol";
import { after } from "./timer.ts";

/** Echoes to each node. The first also warms what lies between. */
const ECHOES = 6;

/** Of the round trips, so many of the shortest count; the middle one of them is the result: what waited somewhere says nothing of the way. */
const BEST = 3;

/** Longest time for one node, ms: one that takes longer is too far away to matter. */
const DEADLINE_MS = 3_000;

/** Measures the ways to all nodes at once. Those that do not answer are left out. Never rejects. */
export async function measureNodes(nodes: readonly NodeOption[], signal: AbortSignal): Promise<RttByNode> {
  const rtts = await Promise.all(nodes.map(async ({ nodeId, probeUrl }): Promise<[NodeId, number][]> => {
    const trips = probeUrl === null ? [] : await echo(probeUrl, signal);
    return trips.length === 0 ? [] : [[nodeId, bestMedian(trips)]];
  }));
  return Object.fromEntries(rtts.flat());
}

/** The middle of the shortest round trips, ms, to a tenth. */
export function bestMedian(trips: readonly number[]): number {
  const best = trips.toSorted((a, b) => a - b).slice(0, BEST);
  return Math.round(best[Math.floor((best.length - 1) / 2)]! * 10) / 10;
}

/** Round trips over one connection, one after another, ms. */
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
