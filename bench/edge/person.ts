import { type CommandId, PROTOCOL_VERSION } from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { WebSocket } from "ws";

/** Sockets that share an address in the forwarded header, below the edge's limit per address. */
const PEOPLE_PER_ADDRESS = 100;

let made = 0;

/**
 * A participant's socket that treats frames as bytes only: a load generator must be cheaper than its target.
 */
export class Person {
  readonly socket: WebSocket;
  /** Bytes received so far. */
  bytes = 0;
  /** Called with each frame. */
  onFrame: (frame: string) => void = () => {};
  readonly #opened: Promise<void>;
  readonly #awaited: { readonly beginning: string; readonly resolve: (frame: string) => void }[] = [];

  constructor(url: string) {
    const n = made++;
    const address = `10.${n >> 16}.${(n >> 8) & 255}.${Math.floor((n & 255) / PEOPLE_PER_ADDRESS)}`;
    this.socket = new WebSocket(url, {
      headers: {
        cookie: `tafelrunde=${n.toString(36).padStart(22, "0")}`,
        "x-forwarded-for": address,
      },
      perMessageDeflate: false,
    });
    this.socket.on("message", (data: Uint8Array) => {
      this.bytes += data.length;
      const frame = String(data);
      this.onFrame(frame);
      const at = this.#awaited.findIndex(({ beginning }) => frame.startsWith(beginning));
      if (at >= 0) this.#awaited.splice(at, 1)[0]!.resolve(frame);
    });
    this.#opened = new Promise((resolve, reject) => {
      this.socket.once("open", () => resolve());
      this.socket.once("error", reject);
    });
    this.socket.on("close", (code: number, reason: unknown) => {
      if (code !== 1005 && code !== 1000) console.error(`closed with ${code} ${reason}`);
    });
  }

  opened(): Promise<void> {
    return this.#opened;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Resolves with the next frame with this beginning. */
  next(beginning: string): Promise<string> {
    return new Promise((resolve) => this.#awaited.push({ beginning, resolve }));
  }

  /** Sends hello; resolves with the welcome. */
  async hello({ room, link }: RoomCreated): Promise<void> {
    await this.opened();
    const welcome = this.next('{"type":"welcome"');
    this.send({
      type: "hello",
      version: PROTOCOL_VERSION,
      room,
      link,
      tab: crypto.randomUUID(),
      peer: "none",
    });
    await welcome;
  }

  /** Joins; resolves with the snapshot, once the join is acknowledged. */
  async join(name: string): Promise<string> {
    const snapshot = this.next('{"type":"snapshot"');
    const done = this.next('{"type":"done"');
    this.send({ type: "participant.join", id: newId(), name });
    const [state] = await Promise.all([snapshot, done]);
    return state;
  }
}

export function newId(): CommandId {
  return crypto.randomUUID() as string as CommandId;
}

/** Creates a room at an edge. */
export async function makeRoom(origin: string): Promise<RoomCreated> {
  const response = await fetch(`${origin}/v1/rooms`, {
    method: "POST",
    body: "{}",
    headers: {
      "content-type": "application/json",
      "x-forwarded-for": `10.255.${made >> 8 & 255}.${made++ & 255}`,
    },
  });
  return await response.json();
}
