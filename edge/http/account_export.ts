import { UNREAD_MS } from "../connections.ts";
import type { ExportPage } from "../store/account_export.ts";

/** Timeout of an export, ms: 75 MB at one megabit per second. */
export const EXPORT_MS = 10 * 60_000;

/** How long a part of it waits for its reader, ms. */
export const EXPORT_STALL_MS = UNREAD_MS;

/** Least characters per written part. */
const PART_LENGTH = 64 * 1024;

/** An export as JSON, in parts: `head`, then each table with a list of its rows. */
export async function* writeExport(
  head: Readonly<Record<string, unknown>>,
  pages: AsyncIterable<ExportPage>,
): AsyncGenerator<string, void, undefined> {
  let part = JSON.stringify(head).slice(0, -1);
  let written: string | undefined;
  for await (const { table, rows } of pages) {
    let comma = ",";
    if (table !== written) {
      part += `${written === undefined ? "" : "]"},${JSON.stringify(table)}:[`;
      written = table;
      comma = "";
    }
    for (const row of rows) {
      part += comma + JSON.stringify(row);
      comma = ",";
      if (part.length < PART_LENGTH) continue;
      yield part;
      part = "";
    }
  }
  yield `${part}${written === undefined ? "" : "]"}}`;
}

/** A response that ends before it is complete: its connection is closed. */
class BrokenOff extends Error {
  override readonly name = "BrokenOff";
  /**
   * For this code node-server logs one line instead of the error with its stack, so that slow readers do not
   * fill the log.
   */
  readonly code = "ERR_STREAM_PREMATURE_CLOSE";
}

/** Limits of a stream, and a callback for its end. Times are in ms. */
export interface StreamBounds {
  /** How long a part waits until the next one is requested. */
  readonly stallMs: number;
  /** Timeout of the whole stream. */
  readonly withinMs: number;
  /** Called once when nothing more is read; `fault`: the error thrown by `parts`. */
  readonly ended: (fault?: unknown) => void;
}

/**
 * A body that reads a part only after the client has read the one before. It ends `parts` when the client
 * disconnects, and aborts when the client reads too slowly.
 */
export function streamParts(
  parts: AsyncGenerator<string, void, undefined>,
  { stallMs, withinMs, ended }: StreamBounds,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let isOver = false;
  let stalled: ReturnType<typeof setTimeout> | undefined;
  let spent: ReturnType<typeof setTimeout> | undefined;
  const end = (fault?: unknown) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(stalled);
    clearTimeout(spent);
    // Waits behind a part that is still being read, if any; the result does not matter.
    parts.return().catch(() => {});
    ended(fault);
  };
  const breakOff = (controller: ReadableStreamDefaultController) => {
    end();
    controller.error(new BrokenOff("it took too long to be read"));
  };
  return new ReadableStream({
    start(controller) {
      stalled = setTimeout(breakOff, stallMs, controller);
      spent = setTimeout(breakOff, withinMs, controller);
    },
    async pull(controller) {
      clearTimeout(stalled);
      try {
        const { done, value } = await parts.next();
        if (isOver) return;
        if (done) {
          end();
          controller.close();
          return;
        }
        controller.enqueue(encoder.encode(value));
      } catch (fault) {
        end(fault);
        return controller.error(new BrokenOff("it could not be read on", { cause: fault }));
      }
      stalled = setTimeout(breakOff, stallMs, controller);
    },
    cancel: () => end(),
  }, { highWaterMark: 0 });
}
