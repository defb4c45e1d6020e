/** One line of a service's output, as its supervisor parses it. */
export interface LogLine {
  /** Name of the lifecycle change; undefined if the line is not one of ours. */
  readonly event: string | undefined;
  /** The line's own fields, empty if it is not one of ours. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What to show the user at the terminal; undefined: nothing. */
  readonly trouble: string | undefined;
}

/**
 * Parses a line of a service: JSON with `level` and `event` (other text on standard error is trouble
 * verbatim). Of a line with level `warn` or `error`, users see the event and its message, not the stack.
 */
export function readLogLine(text: string, from: "stdout" | "stderr"): LogLine {
  const fields = parseFields(text);
  if (!fields) {
    return { event: undefined, fields: {}, trouble: from === "stderr" && text.trim() ? text : undefined };
  }
  const event = typeof fields.event === "string" ? fields.event : undefined;
  const isTrouble = fields.level === "warn" || fields.level === "error";
  return { event, fields, trouble: isTrouble ? describe(event, fields) : undefined };
}

function describe(event: string | undefined, fields: Record<string, unknown>): string {
  const words = [
    fields.message,
    fields.reason,
    messageOf(fields.error),
    messageOf(fields.cause),
    fields.problems,
  ]
    .filter((value) => typeof value === "string" || Array.isArray(value))
    .map((value) => Array.isArray(value) ? value.join("; ") : value);
  return [event, ...words].filter(Boolean).join(": ");
}

function messageOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "message" in error ? error.message : error;
}

function parseFields(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
