import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";

/** Where ports are taken from: below those that the system gives to whoever asks for any, or connects. Source: Linux, ip_local_port_range. */
const POOL = { first: 12_000, end: 32_000 };

/** Ports that a process takes before it looks anywhere in the pool: those of processes that run at the same time are mostly others. */
const OWN = 40;

/** Ports that are tried in each of the two. */
const TRIES = 200;

/** What was given away once is not given again: its owner may come back to it. */
const given = new Set<number>();

/**
 * A TCP port that nothing listens on, which neither the system gives to anybody else, nor this process, nor, most likely, another one that runs
 * this code: who is to listen there may take its time, and come back to it. Throws when none is found.
 */
export function freeTcpPort(): number {
  const first = POOL.first + (Deno.pid * OWN) % (POOL.end - POOL.first);
  for (const [from, end] of [[first, first + OWN], [POOL.first, POOL.end]] as const) {
    for (let tried = 0; tried < TRIES; tried++) {
      const port = randomInt(from, end);
      if (given.has(port) || !isTcpPortFree("0.0.0.0", port)) continue;
      given.add(port);
      return port;
    }
  }
  throw new Error(`Of the ports ${POOL.first} to ${POOL.end} none was free.`);
}

/** Whether this process could listen on a TCP port of an address right now. */
export function isTcpPortFree(hostname: string, port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/** The same for UDP, on all addresses. */
export function isUdpPortFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = createSocket("udp4");
    socket.once("error", () => done(false));
    socket.bind(port, () => socket.close(() => done(true)));
  });
}
