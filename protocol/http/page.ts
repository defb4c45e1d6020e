import * as v from "valibot";

/** Most items of one page. */
export const MAX_PAGE = 100;

/** Items of one page when nobody says how many. */
export const DEFAULT_PAGE = 20;

/** A page of a list. `next` goes into `?cursor=` for the page after this one; null: this is the last. */
// @__NO_SIDE_EFFECTS__
export function pageOf<const Item extends v.GenericSchema>(item: Item) {
  return v.object({ items: v.array(item), next: v.nullable(v.string()) });
}

/** `?limit=`: how many items a page has at most. */
export const PageLimit = v.pipe(
  v.string(),
  v.regex(/^[1-9][0-9]{0,2}$/),
  v.metadata({ type: "integer", minimum: 1, maximum: MAX_PAGE }),
  v.transform(Number),
  v.maxValue(MAX_PAGE),
);
