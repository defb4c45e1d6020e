import { type FieldProblem, type Reason, REASONS } from "@tafelrunde/protocol/http";
import type { Context } from "hono";
import * as v from "valibot";
import { entriesOnce, shortName } from "./body.ts";
import { fieldProblem, unknown } from "./problem.ts";

/** Most invalid fields listed in one problem. */
const MAX_FIELDS = 20;

/** Parses `value` with its schema. Throws 422 that lists the invalid fields, at most 20. */
export function parseInput(schema: v.GenericSchema, value: unknown, place: FieldProblem["in"]): unknown {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const fields = result.issues.slice(0, MAX_FIELDS).map((issue): FieldProblem => ({
    in: place,
    name: shortName(v.getDotPath(issue) ?? ""),
    reason: reasonOf(issue),
  }));
  throw fieldProblem(...fields);
}

/** The path's parameters. Throws 404 for an invalid one, as for one that does not exist. */
export function parseParams(schema: v.GenericSchema, c: Context): unknown {
  const result = v.safeParse(schema, c.req.param(), { abortEarly: true });
  if (result.success) return result.output;
  throw unknown(v.getDotPath(result.issues[0]) ?? "path");
}

/** The query's parameters. Throws 422. */
export function parseQuery(schema: v.GenericSchema, c: Context): unknown {
  return parseInput(schema, entriesOnce(new URL(c.req.url).searchParams, "query"), "query");
}

/**
 * Our reason codes for valibot's types of schemas and actions. edge/http/input_test.ts finds missing ones.
 */
export const REASON_OF: Readonly<Record<string, Reason>> = {
  string: "text",
  number: "number",
  finite: "number",
  boolean: "boolean",
  array: "list",
  tuple: "list",
  object: "object",
  loose_object: "object",
  record: "object",
  null: "choice",
  literal: "choice",
  picklist: "choice",
  union: "choice",
  never: "unknown",
  undefined: "unknown",
  regex: "form",
  length: "form",
  email: "email",
  url: "url",
  uuid: "form",
  iso_timestamp: "time",
  min_length: "tooShort",
  max_length: "tooLong",
  max_entries: "tooLong",
  min_value: "tooSmall",
  max_value: "tooLarge",
  integer: "notWhole",
  safe_integer: "notWhole",
};

/** Our own checks: their message is one of REASONS. */
export const OWN_CHECKS: readonly string[] = ["check", "raw_check", "raw_transform", "partial_check"];

/**
 * Our reason code for an issue. valibot reports a missing and an unknown field of an object alike; `expected`
 * tells them apart.
 */
function reasonOf({ type, expected, received, message }: v.BaseIssue<unknown>): Reason {
  if (type === "strict_object") {
    if (expected === "never") return "unknown";
    return received === "undefined" ? "missing" : "object";
  }
  if (!OWN_CHECKS.includes(type)) return REASON_OF[type] ?? "invalid";
  return REASONS.find((reason) => reason === message) ?? "invalid";
}
