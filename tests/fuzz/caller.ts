import { WebSocket } from "ws";
import type { Frame } from "./mutate.ts";
import { ANSWER_WITHIN_MS, type Story } from "./plan.ts";

/** A raw socket that records and waits for messages. */
export class Caller {
  readonly heard: string[] = [];
  closedWith: number | undefined;
  readonly story: Story;
  readonly #socket: WebSocket;
  #look = () => {};

  private constructor(socket: WebSocket, story: Story) {
    this.#socket = socket;
    this.story = story;
    socket.on("message", (data: unknown) => {
      this.heard.push(String(data));
      this.#look();
    });
    socket.on("close", (code: number) => {
      this.closedWith = code;
      this.#look();
    });
  }

  static async open(
    url: string,
    story: Story,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Caller> {
    const socket = new WebSocket(url, { headers, perMessageDeflate: false });
    const caller = new Caller(socket, story);
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    }).catch((error) => {
      throw story.broken(`no connection: ${error}`);
    });
    socket.on("error", () => {});
    return caller;
  }

  get isClosed(): boolean {
    return this.closedWith !== undefined;
  }

  send(frame: Frame): void {
    this.story.add(frame);
    this.#send(frame);
  }

  /** Sends a message that is not part of the story. */
  say(message: object): void {
    this.#send(JSON.stringify(message));
  }

  /** Resolves when `isSo`, or when the socket is closed; rejects with a Finding if neither happens. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    if (isSo() || this.isClosed) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(this.story.found(`neither ${what} nor a close`)),
        ANSWER_WITHIN_MS,
      );
      this.#look = () => {
        if (!isSo() && !this.isClosed) return;
        clearTimeout(timer);
        this.#look = () => {};
        resolve();
      };
    });
  }

  end(): void {
    this.#socket.terminate();
  }

  #send(frame: Frame): void {
    if (this.isClosed) return;
    if (typeof frame === "string") this.#socket.send(frame);
    else this.#socket.send(frame.bytes, { binary: frame.isBinary });
  }
}
