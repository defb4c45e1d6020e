export type Level = "info" | "warn" | "error";

/** Writes one JSON line per lifecycle change. No personal data: no names, addresses, room ids or message texts. */
export interface Log {
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
  /** The same log with `context` in each line. */
  with(context: Record<string, unknown>): Log;
}

/** A log that hands its lines to `write`. */
export function makeLog(write: (line: string) => void, context: Record<string, unknown> = {}): Log {
  const line = (level: Level) => (event: string, fields: Record<string, unknown> = {}) =>
    write(JSON.stringify({ at: new Date().toISOString(), level, event, ...context, ...fields }, plainError));
  return {
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
    with: (more) => makeLog(write, { ...context, ...more }),
  };
}

function plainError(_key: string, value: unknown): unknown {
  return value instanceof Error
    ? { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
    : value;
}
