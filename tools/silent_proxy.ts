/** The connections for which a silent proxy forwards nothing. */
export type Silence = "open" | "new" | "all";

/**
 * A proxy in front of a server that, on demand, stops forwarding without closing anything: like a network in
 * which a route, a firewall's connection state, or a host is lost.
 */
export class SilentProxy implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #target: Deno.ConnectOptions;
  readonly #open = new Set<Carried>();
  readonly #ends: Promise<void>[] = [];
  #swallowsNew = false;
  /** Number of connections accepted so far. */
  accepted = 0;

  /** In front of the server at `url`, which must include the port. */
  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#target = { hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#ends.push(this.#accept());
  }

  /** Number of open connections. */
  get open(): number {
    return this.#open.size;
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** `url`, through this proxy. */
  through(url: string): string {
    const through = new URL(url);
    through.hostname = "127.0.0.1";
    through.port = String(this.port);
    return through.href;
  }

  /** Stops forwarding for these connections; open ones stay silent for good. */
  hush(which: Silence): void {
    if (which !== "new") { for (const carried of this.#open) carried.isSilent = true; }
    if (which !== "open") this.#swallowsNew = true;
  }

  /** Forwards new connections again. Those that were open stay silent. */
  speak(): void {
    this.#swallowsNew = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const carried of this.#open) carried.end();
    await Promise.all(this.#ends);
  }

  async #accept(): Promise<void> {
    try {
      for await (const client of this.#listener) {
        this.accepted++;
        const carried = new Carried(client, this.#swallowsNew);
        this.#open.add(carried);
        this.#ends.push(carried.run(this.#target).finally(() => this.#open.delete(carried)));
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }
}

/** One connection and its upstream connection. */
class Carried {
  readonly #ends: Deno.TcpConn[];
  isSilent: boolean;

  constructor(client: Deno.TcpConn, isSilent: boolean) {
    this.#ends = [client];
    this.isSilent = isSilent;
  }

  /** Forwards until either end closes. Never rejects. */
  async run(target: Deno.ConnectOptions): Promise<void> {
    const [client] = this.#ends as [Deno.TcpConn];
    try {
      if (this.isSilent) return await this.#pump(client);
      const server = await Deno.connect(target);
      this.#ends.push(server);
      // A silent route does not tell either side that the other has gone.
      await Promise.race([this.#pump(client, server), this.#pump(server, client)]);
      if (this.isSilent) await this.#pump(client);
    } catch {
      // Either end has gone.
    } finally {
      this.end();
    }
  }

  end(): void {
    for (const end of this.#ends.splice(0)) {
      try {
        end.close();
      } catch {
        // Already closed.
      }
    }
  }

  /** Reads everything from one end, and forwards it to the other unless silent. */
  async #pump(from: Deno.TcpConn, to?: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    for (let length = await from.read(buffer); length !== null; length = await from.read(buffer)) {
      for (let sent = 0; !this.isSilent && to !== undefined && sent < length;) {
        sent += await to.write(buffer.subarray(sent, length));
      }
    }
  }
}
