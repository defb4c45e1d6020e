/** A route to the product that can be cut: forwards TCP connections on 127.0.0.1 to a port. */
export class CuttableRoad implements AsyncDisposable {
  readonly #target: number;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #served: Promise<void>;
  #isCut = false;

  /** A route to the port of `origin`, "http://localhost:PORT". */
  constructor(origin: string) {
    this.#target = Number(new URL(origin).port);
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#served = this.#serve();
  }

  /** The product's origin through this route. */
  get origin(): string {
    return `http://localhost:${this.#listener.addr.port}`;
  }

  /** Drops every connection and accepts no new ones. */
  cut(): void {
    this.#isCut = true;
    for (const connection of this.#open) closeQuietly(connection);
    this.#open.clear();
  }

  mend(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#listener.close();
    await this.#served;
  }

  async #serve(): Promise<void> {
    const carried: Promise<void>[] = [];
    for await (const traveller of this.#listener) {
      if (this.#isCut) closeQuietly(traveller);
      else carried.push(this.#carry(traveller));
    }
    await Promise.all(carried);
  }

  async #carry(traveller: Deno.TcpConn): Promise<void> {
    const ends: Deno.TcpConn[] = [traveller];
    this.#open.add(traveller);
    try {
      const goal = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      ends.push(goal);
      this.#open.add(goal);
      if (this.#isCut) return;
      await Promise.all([
        traveller.readable.pipeTo(goal.writable),
        goal.readable.pipeTo(traveller.writable),
      ]);
    } catch {
      // Either end has gone, or the route was cut: the other end is closed, too.
    } finally {
      for (const end of ends) {
        this.#open.delete(end);
        closeQuietly(end);
      }
    }
  }
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
