import * as v from "valibot";
import { object } from "../object.ts";

/** Most items per page. */
export const MAX_PAGE = 100;

/** Items per page by default. */
export const DEFAULT_PAGE = 20;

/** One page of a list. Pass `next` as `?cursor=` to get the next page; null: this is the last page. */
// @__NO_SIDE_EFFECTS__
export function pageOf<const Item extends v.GenericSchema>(item: Item) {
  return object({
    /** The items of this page, in the list's order. */
    items: v.array(item),
    /** Cursor of the next page; null: this is the last page. */
    next: v.nullable(v.string()),
  });
}

/** `?limit=`: the most items per page. */
export const PageLimit = v.pipe(
  v.string(),
  v.regex(/^[1-9][0-9]{0,2}$/),
  v.metadata({ type: "integer", minimum: 1, maximum: MAX_PAGE, pattern: undefined }),
  v.transform(Number),
  v.maxValue(MAX_PAGE),
);

/** `?cursor=`: the `next` of the previous page. It is opaque: pass it on unchanged. */
export const Cursor = v.pipe(v.string(), v.minLength(1), v.maxLength(600), v.regex(/^[A-Za-z0-9_-]+$/));
