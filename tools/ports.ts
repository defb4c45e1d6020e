import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";

/**
 * Range that ports are taken from: below the system's ephemeral ports. Source: Linux, ip_local_port_range.
 */
const POOL = { first: 12_000, end: 32_000 };

/**
 * Ports near its process id that a process tries before the whole range, so that simultaneous processes
 * mostly use different ones.
 */
const OWN = 40;

/** Attempts in each of the two. */
const TRIES = 200;

/** Ports are never returned twice: their owner may listen on them again. */
const given = new Set<number>();

/**
 * A TCP port on which nothing listens, and which neither the system nor this process nor, most likely,
 * another process with this code assigns again: its user can start listening later, and again. Throws if none
 * is found.
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

/** Whether this process could listen on a TCP port of an address now. */
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
