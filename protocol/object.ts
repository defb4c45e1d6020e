import * as v from "valibot";

/** `schema`, which takes no list: to valibot one is an object without fields, and fits where every field can be missing. */
// @__NO_SIDE_EFFECTS__
function noList<Schema extends v.GenericSchema>(schema: Schema): Schema {
  return {
    ...schema,
    "~run"(dataset: { value: unknown }, config: v.Config<v.BaseIssue<unknown>>) {
      if (!Array.isArray(dataset.value)) return schema["~run"].call(this, dataset, config);
      v._addIssue(this, "type", dataset as v.OutputDataset<unknown, v.BaseIssue<unknown>>, config);
      return dataset;
    },
  } as Schema;
}

/** valibot's `strictObject`, without lists. Everything in protocol/ is made with this and the three below. */
export const strictObject =
  ((entries: v.ObjectEntries) => noList(v.strictObject(entries))) as typeof v.strictObject;

/** valibot's `object`, without lists. */
export const object = ((entries: v.ObjectEntries) => noList(v.object(entries))) as typeof v.object;

/** valibot's `looseObject`, without lists. */
export const looseObject =
  ((entries: v.ObjectEntries) => noList(v.looseObject(entries))) as typeof v.looseObject;

/** valibot's `record`, without lists. */
export const record = ((
  key: v.BaseSchema<string, string, v.BaseIssue<unknown>>,
  value: v.GenericSchema,
) => noList(v.record(key, value))) as typeof v.record;

/**
 * A list of `min` to `max` items whose length is asked first: valibot reads every item before `maxLength`, and keeps what is wrong with each.
 * Every list that somebody sends is made with this.
 */
// @__NO_SIDE_EFFECTS__
export function list<Item extends v.GenericSchema>(item: Item, max: number, min = 0) {
  const long = v.pipe(v.array(v.unknown()), v.maxLength(max));
  const schema = v.pipe(v.array(item), v.minLength(min), v.maxLength(max));
  return {
    ...schema,
    "~run"(dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) {
      return Array.isArray(dataset.value) && dataset.value.length > max
        ? long["~run"](dataset, config)
        : schema["~run"].call(this, dataset, config);
    },
  } as typeof schema;
}
