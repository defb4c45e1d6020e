import * as v from "valibot";
import { MAX_CLUSTER_KEYS } from "../media.ts";

/** One environment variable: how its text is read, the text of one that is not set, and its documentation. */
export interface Variable {
  readonly schema: v.GenericSchema<string, unknown>;
  readonly default: string;
  readonly doc: string;
}

/** The variables of a process by name. docs/running.md prints its tables from them. */
export type Variables = Readonly<Record<string, Variable>>;

/** Their values. */
export type ValuesOf<All extends Variables> = {
  readonly [Name in keyof All]: v.InferOutput<All[Name]["schema"]>;
};

/** All errors of a configuration; the message has one per line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly errors: readonly string[];

  constructor(errors: readonly string[]) {
    super(errors.join("\n"));
    this.errors = errors;
  }
}

/**
 * Reads `variables`; one that is not set, or empty, has its default. Adds the errors to `wrong`; if there are
 * none, all values are there.
 */
export function readVariables<const All extends Variables>(
  variables: All,
  env: (name: string) => string | undefined,
  wrong: string[],
): Partial<ValuesOf<All>> {
  const values: Record<string, unknown> = {};
  for (const [name, { schema, default: fallback }] of Object.entries(variables)) {
    const result = v.safeParse(schema, env(name) || fallback);
    if (result.success) values[name] = result.output;
    else wrong.push(`${name} ${reasonOf(result.issues[0])}`);
  }
  return values as Partial<ValuesOf<All>>;
}

/** Why a value is invalid: for several schemas without a common message, the message of the last one. */
function reasonOf({ message, issues }: v.BaseIssue<unknown>): string {
  return message.startsWith("Invalid") ? issues?.at(-1)?.message ?? message : message;
}

/** A whole number from `min` to `max`. `problem`: what any other text is. */
export const wholeNumber = (min: number, max: number, problem = "is not a whole number") =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, problem),
    v.transform(Number),
    v.minValue(min, `is less than ${min}`),
    v.maxValue(max, `is more than ${max}`),
  );

/** A TCP or UDP port; 0: any free one. */
export const port = wholeNumber(0, 65_535, "is not a port");

/** An absolute URL with one of these protocols ("https:"). */
export const urlWith = (...protocols: string[]) =>
  v.pipe(
    v.string(),
    v.check(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `is not a URL with ${protocols.join(" or ")}`,
    ),
  );

/** The schema, or an empty text. */
export const orEmpty = <const Schema extends v.GenericSchema<string, string>>(schema: Schema) =>
  v.union([v.literal(""), schema]);

/**
 * Keys of a cluster, separated by commas, each of at least 32 characters: the first is used, all are
 * accepted.
 */
export const clusterKeys = v.pipe(
  v.string(),
  v.transform((text) => text.split(",").map((key) => key.trim())),
  v.array(v.pipe(v.string(), v.minLength(32, "is shorter than 32 characters"))),
  v.maxLength(MAX_CLUSTER_KEYS, `is more than ${MAX_CLUSTER_KEYS} keys`),
);

/** A token of at least 16 characters, or none. */
export const tokenOrEmpty = v.pipe(
  v.string(),
  v.check((text) => text === "" || text.length >= 16, "is shorter than 16 characters"),
);
