import { base64url } from "@tafelrunde/protocol";
import {
  Cursor,
  DEFAULT_PAGE,
  FIRST_INSTANT,
  isStorable,
  LAST_INSTANT,
  PageLimit,
} from "@tafelrunde/protocol/http";
import * as v from "valibot";

/** An instant in a position, ms since 1970 UTC, within the range of the database. */
export const PositionInstant = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(FIRST_INSTANT),
  v.maxValue(LAST_INSTANT),
);

/** A name in a position, as it sorts. */
export const PositionName = v.pipe(v.string(), v.maxLength(200), v.check(isStorable, "cursor"));

/**
 * The query of a paged list. `position`: identifies the end of a page, the sort keys of its last item
 * ("createdAt and id"). The cursor is the position as JSON in base64url: opaque to clients, and parsed like
 * any other input.
 */
export function pagedBy<const Position extends v.GenericSchema>(position: Position) {
  return {
    limit: v.optional(PageLimit, String(DEFAULT_PAGE)),
    cursor: v.optional(v.pipe(
      Cursor,
      v.rawTransform<string, unknown>(({ dataset, addIssue, NEVER }) => {
        const found = jsonOf(dataset.value);
        if (v.is(position, found)) return found;
        addIssue({ message: "cursor" });
        return NEVER;
      }),
      position,
    )),
  };
}

/** The first `limit` of rows that were read with one more than that, and the cursor of the next page. */
export function pageFrom<Row, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
  positionOf: (row: Row) => unknown,
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map(itemOf),
    next: last === undefined ? null : encode(JSON.stringify(positionOf(last))),
  };
}

/** The content of a cursor, before any schema; undefined: it is invalid. */
function jsonOf(cursor: string): unknown {
  try {
    return JSON.parse(decode(cursor));
  } catch {
    return undefined;
  }
}

function encode(text: string): string {
  return base64url(new TextEncoder().encode(text));
}

function decode(text: string): string {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder("utf-8", { fatal: true }).decode(
    Uint8Array.from(binary, (char) => char.charCodeAt(0)),
  );
}
