import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { Buffer } from "node:buffer";

/** The first byte of RTP and RTCP; STUN and DTLS begin with smaller ones (RFC 7983 §7). */
const isMedia = ([first = 0]: Uint8Array): boolean => first >= 128 && first <= 191;

/** Media lost on its way from or to a client; ICE and DTLS still pass. */
export type Loss = "nothing" | "toClient" | "toNode";

/**
 * Relays a media node's UDP port on the same port of 127.0.0.2, except for media that is to be lost: like a
 * network that carries some packets in one direction only.
 */
export class RtpRelay implements AsyncDisposable {
  readonly #front = createSocket("udp4");
  readonly #backs = new Map<string, Socket>();
  readonly #losses = new Map<number, Loss>();
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

  /**
   * Sets the loss for these client ports. A connection has several, and can switch to another at any time:
   * pass all of them (`Person.ports`).
   */
  lose(ports: readonly number[], loss: Loss): void {
    for (const port of ports) this.#losses.set(port, loss);
  }

  #toNode(data: Uint8Array, client: RemoteInfo): void {
    const back = this.#backs.get(`${client.address}:${client.port}`) ?? this.#open(client);
    if (this.#losses.get(client.port) === "toNode" && isMedia(data)) return;
    back.send(Buffer.from(data), this.port, "127.0.0.1");
  }

  #open(client: RemoteInfo): Socket {
    const back = createSocket("udp4");
    back.on("error", () => {});
    back.on("message", (data: Uint8Array) => {
      if (this.#losses.get(client.port) === "toClient" && isMedia(data)) return;
      this.#front.send(Buffer.from(data), client.port, client.address);
    });
    this.#backs.set(`${client.address}:${client.port}`, back);
    return back;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const back of this.#backs.values()) back.close();
    await new Promise<void>((resolve) => this.#front.close(() => resolve()));
  }
}
