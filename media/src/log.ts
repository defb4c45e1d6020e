import { LogShares, writeShared } from "@tafelrunde/protocol/log_share";

/**
 * Writes one JSON line per lifecycle change. `fields` never contain names, addresses or ids of people and
 * rooms.
 */
export type Log = (level: "info" | "warn" | "error", event: string, fields?: Record<string, unknown>) => void;

/** A log that passes its lines to `write`; each kind of line has a limited share (protocol/log_share.ts). */
export function makeLog(write: (line: string) => void): Log {
  const shares = new LogShares();
  return (level, event, fields = {}) => writeShared(shares, write, level, event, fields);
}
