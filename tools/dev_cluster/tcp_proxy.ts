/** One port in front of several: a TCP load balancer, for tests and manual trials. */
export class TcpProxy implements Disposable {
  readonly #listener: Deno.TcpListener;
  readonly #backends: readonly number[];
  readonly #open = new Set<Deno.TcpConn>();
  #turn = 0;

  /**
   * Listens on a port of `hostname` (0: any free one) and forwards connections to the ports `backends` of
   * 127.0.0.1, in turn.
   */
  constructor(backends: readonly number[], { hostname = "127.0.0.1", port = 0 } = {}) {
    this.#backends = backends;
    this.#listener = Deno.listen({ hostname, port });
    void this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#open) close(connection);
    this.#open.clear();
  }

  async #accept(): Promise<void> {
    try {
      for await (const connection of this.#listener) void this.#carry(connection);
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #carry(client: Deno.TcpConn): Promise<void> {
    using stack = new DisposableStack();
    const hold = (connection: Deno.TcpConn) => {
      this.#open.add(connection);
      stack.defer(() => {
        if (this.#open.delete(connection)) close(connection);
      });
    };
    hold(client);
    const backend = await this.#connect();
    if (backend === undefined) return;
    hold(backend);
    // When one side closes or breaks, the other is closed.
    const ways = [client.readable.pipeTo(backend.writable), backend.readable.pipeTo(client.writable)];
    for (const way of ways) way.catch(() => {});
    await Promise.race(ways).catch(() => {});
  }

  /** The next backend that accepts; undefined: none does. */
  async #connect(): Promise<Deno.TcpConn | undefined> {
    for (let tries = 0; tries < this.#backends.length; tries++) {
      const port = this.#backends[this.#turn++ % this.#backends.length]!;
      try {
        return await Deno.connect({ hostname: "127.0.0.1", port });
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      }
    }
    return undefined;
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    // The finished stream has closed it already.
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
