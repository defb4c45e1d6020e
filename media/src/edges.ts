import type { MediaNotice } from "@tafelrunde/protocol/media";
import type { RequestConnection } from "./channel.ts";

/**
 * The connected edges. Notices are sent in a later task, so that a response computed before a notice also
 * leaves before it.
 */
export class Edges {
  readonly #connections = new Map<string, RequestConnection>();
  readonly #waiting: { readonly edgeId: string; readonly text: string }[] = [];
  #flush: ReturnType<typeof setImmediate> | undefined;

  has(edgeId: string): boolean {
    return this.#connections.has(edgeId);
  }

  add(edgeId: string, connection: RequestConnection): void {
    const before = this.#connections.get(edgeId);
    this.#connections.set(edgeId, connection);
    before?.replace();
  }

  /** Removes `line`; returns false if a newer connection of the same edge has replaced it. */
  remove(edgeId: string, connection: RequestConnection): boolean {
    if (this.#connections.get(edgeId) !== connection) return false;
    this.#connections.delete(edgeId);
    return true;
  }

  /** Sends to one edge; returns false if it is not connected. */
  notify(edgeId: string, notice: MediaNotice): boolean {
    if (!this.has(edgeId)) return false;
    this.#enqueue(edgeId, JSON.stringify(notice));
    return true;
  }

  /** Sends to each of `edgeIds` that is connected. */
  notifyEach(edgeIds: Iterable<string>, notice: MediaNotice): void {
    const text = JSON.stringify(notice);
    for (const edgeId of edgeIds) if (this.has(edgeId)) this.#enqueue(edgeId, text);
  }

  notifyAll(notice: MediaNotice): void {
    this.notifyEach(this.#connections.keys(), notice);
  }

  #enqueue(edgeId: string, text: string): void {
    this.#waiting.push({ edgeId, text });
    this.#flush ??= setImmediate(() => {
      this.#flush = undefined;
      for (const { edgeId, text } of this.#waiting.splice(0)) this.#connections.get(edgeId)?.send(text);
    });
  }
}
