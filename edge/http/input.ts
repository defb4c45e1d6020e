import type { FieldProblem } from "@tafelrunde/protocol/http";
import type { Context } from "hono";
import * as v from "valibot";
import { entriesOnce, shortName } from "./body.ts";
import { fieldProblem, unknown } from "./problem.ts";

/** How many wrong fields one problem names. */
const MAX_FIELDS = 20;

/** `value` by its schema. Throws 422 that names each field that is wrong, the first 20. */
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

/** The path's parameters. One that does not fit is as good as one of something that is not there: 404. */
export function parseParams(schema: v.GenericSchema, c: Context): unknown {
  const result = v.safeParse(schema, c.req.param(), { abortEarly: true });
  if (result.success) return result.output;
  throw unknown(v.getDotPath(result.issues[0]) ?? "path");
}

/** The query's parameters. Throws 422. */
export function parseQuery(schema: v.GenericSchema, c: Context): unknown {
  return parseInput(schema, entriesOnce(new URL(c.req.url).searchParams, "query"), "query");
}

/** The issue's code. valibot reports a missing and an unknown field of an object alike; which it is, we know from what was expected. */
function reasonOf(issue: v.BaseIssue<unknown>): string {
  if (issue.type !== "strict_object") return issue.type;
  if (issue.expected === "never") return "unknown";
  return issue.received === "undefined" ? "missing" : "object";
}
