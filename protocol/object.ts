import * as v from "valibot";

/**
 * `schema`, but rejecting lists: to valibot a list is an object without fields, and matches if every field is
 * optional.
 */
// @__NO_SIDE_EFFECTS__
function noList<Schema extends v.GenericSchema>(schema: Schema): Schema {
  return {
    ...schema,
    "~run"(dataset: { value: unknown }, config: v.Config<v.BaseIssue<unknown>>) {
      if (!Array.isArray(dataset.value)) {
        return schema["~run"].call(this, dataset as v.UnknownDataset, config);
      }
      v._addIssue(this, "type", dataset as v.OutputDataset<unknown, v.BaseIssue<unknown>>, config);
      return dataset;
    },
  } as Schema;
}

/**
 * valibot's `strictObject`, but rejecting lists. Every object in protocol/ uses this or one of the three
 * below.
 */
export const strictObject =
  ((entries: v.ObjectEntries) => noList(v.strictObject(entries))) as typeof v.strictObject;

/** valibot's `object`, but rejecting lists. */
export const object = ((entries: v.ObjectEntries) => noList(v.object(entries))) as typeof v.object;

/** valibot's `looseObject`, but rejecting lists. */
export const looseObject =
  ((entries: v.ObjectEntries) => noList(v.looseObject(entries))) as typeof v.looseObject;

/** valibot's `record`, but rejecting lists. */
export const record = ((
  key: v.BaseSchema<string, string, v.BaseIssue<unknown>>,
  value: v.GenericSchema,
) => noList(v.record(key, value))) as typeof v.record;

/** A `record` of at most `max` fields; the number is checked before any field is parsed. */
// @__NO_SIDE_EFFECTS__
export function shortRecord<Value extends v.GenericSchema>(
  key: v.GenericSchema<string, string>,
  value: Value,
  max: number,
): v.GenericSchema<Record<string, v.InferInput<Value>>, Record<string, v.InferOutput<Value>>> {
  const schema: v.GenericSchema = record(key as v.BaseSchema<string, string, v.BaseIssue<unknown>>, value);
  return {
    ...schema,
    "~run"(dataset: { value: unknown }, config: v.Config<v.BaseIssue<unknown>>) {
      const { value: given } = dataset;
      const isLong = typeof given === "object" && given !== null && Object.keys(given).length > max;
      if (!isLong) return schema["~run"].call(this, dataset, config);
      v._addIssue(this, "type", dataset as v.OutputDataset<unknown, v.BaseIssue<unknown>>, config);
      return dataset;
    },
  } as v.GenericSchema<Record<string, v.InferInput<Value>>, Record<string, v.InferOutput<Value>>>;
}

/**
 * A list of `min` to `max` items whose length is checked first: valibot parses every item before `maxLength`,
 * and keeps the issues of each. Every list in a received message uses this.
 */
// @__NO_SIDE_EFFECTS__
export function list<Item extends v.GenericSchema>(
  item: Item,
  max: number,
  min = 0,
): v.GenericSchema<v.InferInput<Item>[], v.InferOutput<Item>[]> {
  const length = v.maxLength<unknown[], number>(max);
  const schema = min === 0
    ? v.pipe(v.array(item), v.maxLength(max))
    : v.pipe(v.array(item), v.minLength(min), v.maxLength(max));
  return {
    ...schema,
    "~run"(dataset: v.UnknownDataset, config: v.Config<v.BaseIssue<unknown>>) {
      if (!Array.isArray(dataset.value) || dataset.value.length <= max) {
        return schema["~run"].call(this, dataset, config);
      }
      // The items were not parsed, so later checks of them must not run.
      return { ...length["~run"]({ typed: true, value: dataset.value }, config), typed: false };
    },
  } as v.GenericSchema<v.InferInput<Item>[], v.InferOutput<Item>[]>;
}
