/** Bytes that may wait at once for readers of one address (an IPv4 address, or an IPv6 network of 64 bits), and for all. */
export const UNREAD_PER_ADDRESS = 32 * 1024 * 1024;
export const UNREAD_IN_ALL = 128 * 1024 * 1024;

/** Somebody whom bytes wait for. */
export interface SlowReader {
  readonly address: string;
  /** Ends the connection, and frees what waits for it. */
  endUnread(): void;
}

/** What waits for readers, over all sockets of this edge. Who has not read for longest goes first when it is too much. */
export class Unread {
  readonly #limits: { readonly perAddress: number; readonly inAll: number };
  /** In the order in which they stopped to read. */
  readonly #bytes = new Map<SlowReader, number>();
  readonly #byAddress = new Map<string, number>();
  #total = 0;

  constructor(limits = { perAddress: UNREAD_PER_ADDRESS, inAll: UNREAD_IN_ALL }) {
    this.#limits = limits;
  }

  /** Bytes that wait in all. */
  get total(): number {
    return this.#total;
  }

  /** Notes how many bytes wait for a reader now. */
  note(reader: SlowReader, bytes: number): void {
    const before = this.#bytes.get(reader) ?? 0;
    if (bytes === before) return;
    // Who has read some is not the one that has stood still for longest.
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
