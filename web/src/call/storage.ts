type Area = "localStorage" | "sessionStorage";

/**
 * What the browser keeps under `key`, if `is` finds it to be what was put there; undefined: nothing, or something else, or
 * the browser forbids to keep anything (then even naming the storage throws).
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

/** Keeps `value` under `key`, undefined: nothing any more. A full or forbidden storage only means that nothing is kept. */
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
