/** A TCP port of 127.0.0.1 that nothing listens on right now; another process may take it before you do. */
export function freeTcpPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
