import * as v from "valibot";

/** One part of a request that is not as it should be. */
export const FieldProblem = v.object({
  in: v.picklist(["body", "query", "path", "header"]),
  /** Dotted path in the body ("settings.chat"), or the name of the parameter or header; empty: the body as a whole. */
  name: v.string(),
  /** What is wrong, as a stable code: "max_length", "regex", "strict_object" (a field that nobody knows, or that is missing) … */
  reason: v.string(),
});
export type FieldProblem = v.InferOutput<typeof FieldProblem>;

/** Errors of the REST API: RFC 9457 problem details. `code` is stable, `title` is for people. */
export const Problem = v.object({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  code: v.string(),
  detail: v.optional(v.string()),
  fields: v.optional(v.array(FieldProblem)),
});
export type Problem = v.InferOutput<typeof Problem>;
