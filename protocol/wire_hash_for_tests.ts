import { createHash } from "node:crypto";

/** A hash of what `JSON.stringify` keeps of schemas: it changes whenever messages do. */
export function wireHash(schemas: unknown): string {
  return createHash("sha256").update(JSON.stringify(schemas, sortedKeys)).digest("hex").slice(0, 16);
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value instanceof RegExp) return String(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1));
}
