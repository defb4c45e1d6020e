import * as v from "valibot";
import { object } from "../object.ts";

/** Most items of one page. */
export const MAX_PAGE = 100;

/** Items of one page when nobody says how many. */
export const DEFAULT_PAGE = 20;

/** A page of a list. `next` goes into `?cursor=` for the page after this one; null: this is the last. */
// @__NO_SIDE_EFFECTS__
export function pageOf<const Item extends v.GenericSchema>(item: Item) {
  return object({
    /** Those of this page, in the list's order. */
    items: v.array(item),
    /** The cursor of the page after this one; null: this is the last. */
    next: v.nullable(v.string()),
  });
}

/** `?limit=`: how many items a page has at most. */
export const PageLimit = v.pipe(
  v.string(),
  v.regex(/^[1-9][0-9]{0,2}$/),
  v.metadata({ type: "integer", minimum: 1, maximum: MAX_PAGE, pattern: undefined }),
  v.transform(Number),
  v.maxValue(MAX_PAGE),
);

/** `?cursor=`: the `next` of the page before; it is made by the server, and nothing but passed on. */
export const Cursor = v.pipe(v.string(), v.minLength(1), v.maxLength(600), v.regex(/^[A-Za-z0-9_-]+$/));
