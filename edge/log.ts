import { type LogLevel, LogShares, writeShared } from "@tafelrunde/protocol/log_share";

/**
 * Writes JSON lines about lifecycle changes. No personal data: no names, addresses, room ids or message
 * texts.
 */
export interface Log {
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
  /** The same log with `context` in each line. */
  with(context: Record<string, unknown>): Log;
}

/** A log that passes its lines to `write`; each kind of line has a share (protocol/log_share.ts). */
export function makeLog(
  write: (line: string) => void,
  context: Record<string, unknown> = {},
  shares: LogShares = new LogShares(),
): Log {
  const line = (level: LogLevel) => (event: string, fields: Record<string, unknown> = {}) =>
    writeShared(shares, write, level, event, { ...context, ...fields });
  return {
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    with: (more) => makeLog(write, { ...context, ...more }, shares),
  };
}
