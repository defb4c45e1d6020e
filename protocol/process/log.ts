import { type LogLevel, LogShares, writeShared } from "./log_share.ts";

/**
 * Writes about changes in a process's life. No personal data: no names, addresses, room ids or message texts.
 */
export interface Log {
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
  /** The same log with `context` in each line. */
  with(context: Record<string, unknown>): Log;
}

/** Takes one line of a log. */
export type LogSink = (level: LogLevel, event: string, fields: Record<string, unknown>) => void;

/** A log whose lines go to `sink`, with `context` in each. */
export function logTo(sink: LogSink, context: Record<string, unknown> = {}): Log {
  const line = (level: LogLevel) => (event: string, fields: Record<string, unknown> = {}) =>
    sink(level, event, { ...context, ...fields });
  return {
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    with: (more) => logTo(sink, { ...context, ...more }),
  };
}

/** A log of JSON lines that go to `write`; each kind of line has a share of the log (log_share.ts). */
export function makeLog(write: (line: string) => void): Log {
  const shares = new LogShares();
  return logTo((level, event, fields) => writeShared(shares, write, level, event, fields));
}
