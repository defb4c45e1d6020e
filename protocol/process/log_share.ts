/** Most bytes per hour for the lines of one kind: about 150 lines of an error with its stack. */
export const KIND_BYTES = 64 * 1024;

/**
 * Most bytes per hour for all lines; beyond this, each kind still gets a small share. `npm start` keeps 20
 * MB.
 */
export const ALL_BYTES = 4 * 1024 * 1024;
const LEAST_BYTES = 2 * 1024;

const PERIOD_MS = 3_600_000;

/** Most kinds that are counted separately per hour; all others share one count. */
const MAX_KINDS = 200;
const OTHERS = "others";

/** Longest line, and how much of a longer one is kept, characters. */
const MAX_LINE = 8_000;
const KEPT_OF_LINE = 4_000;

/** Whether a line may be written. */
export type Share =
  /** The line may be written; `leftOut`: lines of its kind left out in the previous hour. */
  | { readonly leftOut: number }
  /** The line is left out; `isFirst`: it is the first of its kind in this hour. */
  | { readonly isFirst: boolean };

/**
 * Shares of a log per kind of line, so that a client that triggers one kind over and over does not push out
 * the others.
 */
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

/** Serializes a log line: at most `MAX_LINE` characters. Throws what JSON.stringify throws. */
export function logLine(level: LogLevel, event: string, fields: Record<string, unknown>): string {
  const at = new Date().toISOString();
  const line = JSON.stringify({ at, level, event, ...fields }, plainError);
  return line.length <= MAX_LINE
    ? line
    : JSON.stringify({ at, level, event, cut: line.slice(0, KEPT_OF_LINE) });
}

/**
 * Writes a line if its kind has a share left; otherwise writes, once per hour, that lines of this kind are
 * left out (`log.full`).
 */
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

/**
 * Key by which lines are counted: the event and, for an error, where in the code it was created. Contains
 * nothing that clients choose.
 */
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
