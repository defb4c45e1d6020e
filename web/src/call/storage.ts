type Area = "localStorage" | "sessionStorage";

/**
 * Reads the value stored under `key` if `is` accepts it; undefined: nothing, or something else, or the
 * browser forbids storage (then even naming the storage throws).
 */
export function recall<Kept>(area: Area, key: string, is: (kept: unknown) => kept is Kept): Kept | undefined {
  try {
    const text = globalThis[area].getItem(key);
    const kept: unknown = text === null ? undefined : JSON.parse(text);
    return is(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Stores `value` under `key`; undefined removes it. If the storage is full or forbidden, nothing is stored.
 */
export function keep(area: Area, key: string, value: unknown): void {
  try {
    if (value === undefined) globalThis[area].removeItem(key);
    else globalThis[area].setItem(key, JSON.stringify(value));
  } catch (cause) {
    console.warn("not remembered", key, cause);
  }
}

export function isText(kept: unknown): kept is string {
  return typeof kept === "string";
}

export function isRecord(kept: unknown): kept is Readonly<Record<string, unknown>> {
  return typeof kept === "object" && kept !== null && !Array.isArray(kept);
}
