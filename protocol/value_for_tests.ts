import * as v from "valibot";

/**
 * A value that a schema accepts, unless it checks more than types. Numbers are less than 20 above the least;
 * text and ids are taken from `texts`, one that fits if there is one.
 */
export function valueFor(schema: v.GenericSchema, random: () => number, texts: readonly string[]): unknown {
  const one = schema as unknown as {
    readonly type: string;
    readonly literal?: unknown;
    readonly options?: readonly unknown[];
    readonly entries?: Readonly<Record<string, v.GenericSchema>>;
    readonly wrapped?: v.GenericSchema;
    readonly item?: v.GenericSchema;
    readonly pipe?: readonly { readonly type: string; readonly requirement?: number }[];
  };
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)]!;
  switch (one.type) {
    case "literal":
      return one.literal;
    case "picklist":
      return pick(one.options!);
    case "union":
      return valueFor(pick(one.options!) as v.GenericSchema, random, texts);
    case "boolean":
      return random() < 0.5;
    case "number":
      return (one.pipe?.find(({ type }) => type === "min_value")?.requirement ?? 0) +
        Math.floor(random() * 20);
    case "nullable":
      return random() < 0.3 ? null : valueFor(one.wrapped!, random, texts);
    case "optional":
      return random() < 0.3 ? undefined : valueFor(one.wrapped!, random, texts);
    case "array":
      return Array.from({ length: 1 + Math.floor(random() * 3) }, () => valueFor(one.item!, random, texts));
    case "strict_object":
    case "object":
      return Object.fromEntries(
        Object.entries(one.entries!).map(([key, entry]) => [key, valueFor(entry, random, texts)]),
      );
    default:
      return pick(fitting(schema, texts));
  }
}

function fitting(schema: v.GenericSchema, texts: readonly string[]): readonly string[] {
  const fit = texts.filter((text) => v.safeParse(schema, text).success);
  return fit.length > 0 ? fit : texts;
}
