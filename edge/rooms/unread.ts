/**
 * Most unsent bytes for the clients of one address (an IPv4 address, or an IPv6 /64 network), and for all.
 */
export const UNREAD_PER_ADDRESS = 32 * 1024 * 1024;
export const UNREAD_IN_ALL = 128 * 1024 * 1024;

/** A client with unsent bytes. */
export interface SlowReader {
  readonly address: string;
  /** Terminates the connection and frees its unsent bytes. */
  endUnread(): void;
}

/**
 * Unsent bytes over all sockets of this edge. Above a limit, the client that has not read for longest is
 * disconnected first.
 */
export class Unread {
  readonly #limits: { readonly perAddress: number; readonly inAll: number };
  /** Ordered by the time at which they stopped reading. */
  readonly #bytes = new Map<SlowReader, number>();
  readonly #byAddress = new Map<string, number>();
  #total = 0;

  constructor(limits = { perAddress: UNREAD_PER_ADDRESS, inAll: UNREAD_IN_ALL }) {
    this.#limits = limits;
  }

  /** All unsent bytes. */
  get total(): number {
    return this.#total;
  }

  /** Updates a client's unsent bytes. */
  note(reader: SlowReader, bytes: number): void {
    const before = this.#bytes.get(reader) ?? 0;
    if (bytes === before) return;
    // A client that has read something is not the one that has been stuck for longest.
    if (bytes < before) this.#bytes.delete(reader);
    if (bytes > 0) this.#bytes.set(reader, bytes);
    this.#total += bytes - before;
    const ofAddress = (this.#byAddress.get(reader.address) ?? 0) + bytes - before;
    if (ofAddress === 0) this.#byAddress.delete(reader.address);
    else this.#byAddress.set(reader.address, ofAddress);
    if (bytes < before) return;
    this.#shrink(reader.address);
  }

  #shrink(address: string): void {
    while ((this.#byAddress.get(address) ?? 0) > this.#limits.perAddress) {
      this.#endFirst((reader) => reader.address === address);
    }
    while (this.#total > this.#limits.inAll) this.#endFirst(() => true);
  }

  #endFirst(fits: (reader: SlowReader) => boolean): void {
    for (const reader of this.#bytes.keys()) {
      if (!fits(reader)) continue;
      this.note(reader, 0);
      return reader.endUnread();
    }
  }
}
