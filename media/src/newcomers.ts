import type { Socket } from "node:net";

/** How many connections there may be that have shown nothing yet. */
export interface NewcomerLimits {
  readonly inAll: number;
  readonly perAddress: number;
}

/** How long a connection may show nothing, ms: more than a handshake, a proof and every answer over HTTP take. */
export const SHOWN_WITHIN_MS = 15_000;

interface Newcomer {
  readonly key: string;
  readonly address: string;
  readonly socket: Socket;
  readonly deadline: ReturnType<typeof setTimeout>;
}

/**
 * Connections that have shown nothing yet, the oldest first. Where there are too many, of one address or in all, the oldest goes: who has the
 * key shows it within two round trips, who has not stays as long as it is let.
 */
export class Newcomers {
  readonly #limits: NewcomerLimits;
  readonly #all = new Map<string, Newcomer>();
  readonly #perAddress = new Map<string, Set<Newcomer>>();

  constructor(limits: NewcomerLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  add(socket: Socket): void {
    const { remoteAddress: address = "" } = socket;
    const key = keyOf(socket);
    const ofAddress = this.#perAddress.get(address) ?? new Set();
    if (ofAddress.size >= this.#limits.perAddress) this.#end(ofAddress);
    if (this.#all.size >= this.#limits.inAll) this.#end(this.#all.values());
    const newcomer: Newcomer = {
      key,
      address,
      socket,
      deadline: setTimeout(() => socket.destroy(), SHOWN_WITHIN_MS),
    };
    this.#all.set(key, newcomer);
    this.#perAddress.set(address, ofAddress.add(newcomer));
    socket.once("close", () => this.#forget(newcomer));
  }

  /** It has shown who it is; with TLS this may be what was made of the connection. */
  settle(socket: Socket): void {
    const newcomer = this.#all.get(keyOf(socket));
    if (newcomer !== undefined) this.#forget(newcomer);
  }

  #forget(newcomer: Newcomer): void {
    const { key, address, deadline } = newcomer;
    clearTimeout(deadline);
    if (this.#all.get(key) === newcomer) this.#all.delete(key);
    const ofAddress = this.#perAddress.get(address);
    ofAddress?.delete(newcomer);
    if (ofAddress?.size === 0) this.#perAddress.delete(address);
  }

  #end(newcomers: Iterable<Newcomer>): void {
    for (const oldest of newcomers) {
      this.#forget(oldest);
      oldest.socket.destroy();
      return;
    }
  }
}

function keyOf({ remoteAddress = "", remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
