import { createSocket } from "node:dgram";

/** Where ports are looked for: below those that systems give by themselves (ip_local_port_range on Linux: from 32768). */
const FIRST_PORT = 12_000;
const BLOCK = 100;
const BLOCKS = 200;

let tried = Math.floor(Math.random() * BLOCK);

/**
 * A TCP port that nothing listens on right now. No connection takes it before you do, since systems give others, and hardly another process
 * that asks here: each begins at a place of its own, and gives no port twice as long as there are others.
 */
export function freeTcpPort(): number {
  for (let left = BLOCK * BLOCKS; left > 0; left--) {
    const port = FIRST_PORT + (Deno.pid % BLOCKS * BLOCK + tried++) % (BLOCK * BLOCKS);
    if (isTcpPortFree("0.0.0.0", port)) return port;
  }
  throw new Error("no TCP port is free");
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
