import type { Context } from "hono";

/** The connection under a socket: `ws` behind node-server, or a Deno platform's own. */
export interface Wire {
  /** Bytes passed to `send` that the system has not taken yet. */
  readonly unsentBytes: number;
  send(text: string): void;
  /** Sends several messages at once. */
  sendAll(texts: readonly string[]): void;
  close(code: number, reason: string): void;
  /** Terminates the connection without a handshake, or closes it where the platform cannot. */
  terminate(): void;
  /** Stops reading until `resume`, if the platform can. */
  pause(): void;
  resume(): void;
}

/** Our end of a WebSocket: receives its events. */
export interface WireEnd {
  /** A message: a string, or the platform's type for bytes. */
  receive(data: unknown): void;
  /** The socket is closed. */
  gone(): void;
}

/** Called with a WebSocket once it is open. */
export type OpenWire = (wire: Wire) => WireEnd;

/** Differences between `ws` behind node-server and a Deno platform. */
export interface Runtime {
  /**
   * The response that upgrades a request to a WebSocket, for which `open` is then called; undefined: the
   * request is not an upgrade.
   */
  upgrade(c: Context, open: OpenWire): Response | undefined;
  /** The network address of the connection. */
  peerAddress(c: Context): string;
}
