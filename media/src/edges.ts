import type { MediaNotice } from "@tafelrunde/protocol/media";
import type { Line } from "./channel.ts";

/**
 * The connected edges. Notices are sent in a later task, so that a response computed before a notice also
 * leaves before it.
 */
export class Edges {
  readonly #lines = new Map<string, Line>();
  readonly #waiting: { readonly edgeId: string; readonly text: string }[] = [];
  #flush: ReturnType<typeof setImmediate> | undefined;

  has(edgeId: string): boolean {
    return this.#lines.has(edgeId);
  }

  add(edgeId: string, line: Line): void {
    const before = this.#lines.get(edgeId);
    this.#lines.set(edgeId, line);
    before?.replace();
  }

  /** Removes `line`; returns false if a newer connection of the same edge has replaced it. */
  remove(edgeId: string, line: Line): boolean {
    if (this.#lines.get(edgeId) !== line) return false;
    this.#lines.delete(edgeId);
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
    this.notifyEach(this.#lines.keys(), notice);
  }

  #enqueue(edgeId: string, text: string): void {
    this.#waiting.push({ edgeId, text });
    this.#flush ??= setImmediate(() => {
      this.#flush = undefined;
      for (const { edgeId, text } of this.#waiting.splice(0)) this.#lines.get(edgeId)?.send(text);
    });
  }
}
