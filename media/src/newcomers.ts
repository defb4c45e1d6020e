import type { Socket } from "node:net";

/** Limits of the number of connections that have not authenticated yet. */
export interface NewcomerLimits {
  readonly inAll: number;
  readonly perAddress: number;
}

/**
 * How long a connection can stay unauthenticated, ms: more than a handshake, a proof and any HTTP response
 * take.
 */
export const SHOWN_WITHIN_MS = 15_000;

interface Newcomer {
  readonly key: string;
  readonly address: string;
  readonly socket: Socket;
  readonly deadline: ReturnType<typeof setTimeout>;
}

/**
 * Connections that have not authenticated yet, oldest first. If there are too many, from one address or in
 * total, the oldest is closed: a peer with the key proves it within two round trips, one without stays as
 * long as it can.
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

  /** Removes a connection that has authenticated; with TLS, `socket` can be the wrapper around it. */
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
