import * as v from "valibot";
import { object } from "../object.ts";

/** What can be wrong with a part of a request. Our own codes, independent of any library. */
export const REASONS = [
  // Wrong type: a string, list … is required, see the description.
  ...["text", "number", "boolean", "list", "object", "json", "tooDeep"] as const,
  /** Not one of the allowed values. */
  "choice",
  /** Does not match the described pattern or format. */
  ...["form", "email", "url", "time", "timeZone", "cursor", "etag", "contentType"] as const,
  ...["tooShort", "tooLong", "tooSmall", "tooLarge", "notWhole"] as const,
  ...["missing", "unknown", "repeated", "reused"] as const,
  /** Text without any visible character. */
  "invisible",
  /** Differs from the value in the path. */
  "otherPath",
  // Refers to something that does not exist or that the caller may not use.
  ...["taken", "past", "owner", "account", "needed", "notAllowed", "roomExists", "common"] as const,
  ...["signIn.needed", "tenant.limit"] as const,
  // Problems of a meeting's recurrence rule: edge/meetings/series.ts.
  ...["rule", "frequency", "part", "count", "interval", "start", "rare"] as const,
  /** Wrong for a reason that has no code of its own. */
  "invalid",
] as const;
export type Reason = (typeof REASONS)[number];

/** One invalid part of a request. */
export const FieldProblem = object({
  /** The part of the request that it is in. */
  in: v.picklist(["body", "query", "path", "header"]),
  /**
   * Dotted path in the body ("settings.chat"), or name of the parameter or header; empty: the body as a
   * whole.
   */
  name: v.string(),
  /** What is wrong: a stable code. */
  reason: v.picklist(REASONS),
});
export type FieldProblem = v.InferOutput<typeof FieldProblem>;

/** Error of the REST API: RFC 9457 problem details. `code` is stable, `title` is for people. */
export const Problem = object({
  /** `urn:tafelrunde:problem:` followed by the code. */
  type: v.string(),
  /** The status as text, for people. */
  title: v.string(),
  /** HTTP status. */
  status: v.pipe(v.number(), v.integer()),
  /** The error: a stable code. */
  code: v.string(),
  /** Details of this occurrence, for people. */
  detail: v.optional(v.string()),
  /** The invalid parts of the request. */
  fields: v.optional(v.array(FieldProblem)),
});
export type Problem = v.InferOutput<typeof Problem>;
