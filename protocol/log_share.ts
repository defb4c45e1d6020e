/** Bytes that the lines of one kind may take within an hour: some 150 lines of a fault with its stack. */
export const KIND_BYTES = 64 * 1024;

/** Bytes of all lines within an hour; beyond, each kind still has a little. `npm start` keeps 20 MB. */
export const ALL_BYTES = 4 * 1024 * 1024;
const LEAST_BYTES = 2 * 1024;

const PERIOD_MS = 3_600_000;

/** Kinds that are counted apart within an hour; the others share one. */
const MAX_KINDS = 200;
const OTHERS = "others";

/** Longest line, and how much of a longer one is kept, characters. */
const MAX_LINE = 8_000;
const KEPT_OF_LINE = 4_000;

/** What became of a line. */
export type Share =
  /** It may be written; so many of its kind were left out in the hour before. */
  | { readonly leftOut: number }
  /** It is left out; `isFirst`: the first of its kind in this hour. */
  | { readonly isFirst: boolean };

/** Shares of a log, so that whoever can make a process write one kind of line, again and again, does not push out the others. */
export class LogShares {
  readonly #now: () => number;
  #from = -Infinity;
  #bytes = 0;
  #kinds = new Map<string, { bytes: number; leftOut: number }>();
  #leftOutBefore = new Map<string, number>();

  /** `now`: ms, for tests. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes the share of one line of `kind`. */
  take(kind: string, bytes: number): Share {
    if (this.#now() - this.#from >= PERIOD_MS) this.#begin();
    const name = this.#kinds.has(kind) || this.#kinds.size < MAX_KINDS ? kind : OTHERS;
    const spent = this.#kinds.get(name) ?? { bytes: 0, leftOut: 0 };
    this.#kinds.set(name, spent);
    const isLittle = spent.bytes + bytes <= LEAST_BYTES;
    if (spent.bytes + bytes > KIND_BYTES || (this.#bytes + bytes > ALL_BYTES && !isLittle)) {
      spent.leftOut++;
      return { isFirst: spent.leftOut === 1 };
    }
    spent.bytes += bytes;
    this.#bytes += bytes;
    const leftOut = this.#leftOutBefore.get(name) ?? 0;
    this.#leftOutBefore.delete(name);
    return { leftOut };
  }

  #begin(): void {
    this.#from = this.#now();
    this.#leftOutBefore = new Map([...this.#kinds].map(([name, { leftOut }]) => [name, leftOut]));
    this.#kinds = new Map();
    this.#bytes = 0;
  }
}

/** Severity of a line. */
export type LogLevel = "info" | "warn" | "error";

/** Serialises a line of a log: at most `MAX_LINE` characters. Throws what JSON.stringify throws. */
export function logLine(level: LogLevel, event: string, fields: Record<string, unknown>): string {
  const at = new Date().toISOString();
  const line = JSON.stringify({ at, level, event, ...fields }, plainError);
  return line.length <= MAX_LINE
    ? line
    : JSON.stringify({ at, level, event, cut: line.slice(0, KEPT_OF_LINE) });
}

/** Writes a line, if its kind has a share left; else, once an hour, that lines of this kind are left out (`log.full`). */
export function writeShared(
  shares: LogShares,
  write: (line: string) => void,
  level: LogLevel,
  event: string,
  fields: Record<string, unknown>,
): void {
  const line = logLine(level, event, fields);
  const share = shares.take(kindOf(event, fields), line.length + 1);
  if ("isFirst" in share) {
    if (share.isFirst) write(logLine("warn", "log.full", { of: event }));
  } else write(share.leftOut === 0 ? line : logLine(level, event, { ...fields, leftOut: share.leftOut }));
}

/** What lines are counted by: the event and, of an error, where in the code it was made. What strangers choose is no part of it. */
function kindOf(event: string, { where = "", error }: Record<string, unknown>): string {
  if (!(error instanceof Error)) return `${event} ${where}`;
  const place = /^[ \t]+at .*$/m.exec(error.stack ?? "")?.[0].trim() ?? "";
  return `${event} ${where} ${error.name} ${place}`;
}

function plainError(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, cause };
}
