import { createSocket } from "node:dgram";

/** A TCP port of 127.0.0.1 that nothing listens on right now; another process may take it before you do. */
export function freeTcpPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
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
