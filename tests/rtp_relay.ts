import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { Buffer } from "node:buffer";

/** The first byte of RTP and RTCP; STUN and DTLS begin with smaller ones (RFC 7983 §7). */
const isMedia = ([first = 0]: Uint8Array): boolean => first >= 128 && first <= 191;

/** The way of one transport of a client: it has a port of its own on each side. */
export interface Flow {
  /** Media that is lost on the way from here on; what ICE and DTLS say still passes. */
  loses: "nothing" | "toClient" | "toNode";
}

/**
 * Stands before a media node's UDP port, at the same port of 127.0.0.2, and passes everything on, but for the media that a
 * flow is told to lose: as where a network carries some packets in one direction only.
 */
export class RtpRelay implements AsyncDisposable {
  readonly #front = createSocket("udp4");
  readonly #flows = new Map<string, { readonly flow: Flow; readonly back: Socket }>();
  readonly port: number;

  private constructor(port: number) {
    this.port = port;
    this.#front.on("message", (data, client) => this.#toNode(data, client));
    this.#front.on("error", () => {});
  }

  static async start(port: number): Promise<RtpRelay> {
    const relay = new RtpRelay(port);
    await new Promise<void>((resolve) => relay.#front.bind(port, "127.0.0.2", resolve));
    return relay;
  }

  /** Those that carry something now, or did. */
  get flows(): Flow[] {
    return [...this.#flows.values()].map(({ flow }) => flow);
  }

  #toNode(data: Uint8Array, client: RemoteInfo): void {
    const key = `${client.address}:${client.port}`;
    const { flow, back } = this.#flows.get(key) ?? this.#open(key, client);
    if (flow.loses === "toNode" && isMedia(data)) return;
    back.send(Buffer.from(data), this.port, "127.0.0.1");
  }

  #open(key: string, client: RemoteInfo): { flow: Flow; back: Socket } {
    const flow: Flow = { loses: "nothing" };
    const back = createSocket("udp4");
    back.on("error", () => {});
    back.on("message", (data: Uint8Array) => {
      if (flow.loses === "toClient" && isMedia(data)) return;
      this.#front.send(Buffer.from(data), client.port, client.address);
    });
    const opened = { flow, back };
    this.#flows.set(key, opened);
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { back } of this.#flows.values()) back.close();
    await new Promise<void>((resolve) => this.#front.close(() => resolve()));
  }
}
