import * as v from "valibot";
import { object } from "../object.ts";

/** What can be wrong with a part of a request. Our own words: no library's. */
export const REASONS = [
  // Its shape: it has to be a text, a list … as the description says.
  ...["text", "number", "boolean", "list", "object", "json", "tooDeep"] as const,
  /** Not one of the values that there are. */
  "choice",
  /** Not written as the description's pattern or format asks. */
  ...["form", "email", "url", "time", "timeZone", "cursor", "etag", "contentType"] as const,
  ...["tooShort", "tooLong", "tooSmall", "tooLarge", "notWhole"] as const,
  ...["missing", "unknown", "repeated", "reused"] as const,
  /** A text in which there is nothing to see. */
  "invisible",
  /** It differs from what the path says. */
  "otherPath",
  // What it names is not so, or not for the caller.
  ...["taken", "past", "owner", "account", "needed", "notAllowed", "roomExists", "common"] as const,
  ...["signIn.needed", "tenant.limit"] as const,
  // Of a meeting's rule: edge/meetings/series.ts.
  ...["rule", "frequency", "part", "count", "interval", "start", "rare"] as const,
  /** Wrong in a way that has no word of its own. */
  "invalid",
] as const;
export type Reason = (typeof REASONS)[number];

/** One part of a request that is not as it should be. */
export const FieldProblem = object({
  /** Which part of the request it is in. */
  in: v.picklist(["body", "query", "path", "header"]),
  /** Dotted path in the body ("settings.chat"), or the name of the parameter or header; empty: the body as a whole. */
  name: v.string(),
  /** What is wrong: a stable code. */
  reason: v.picklist(REASONS),
});
export type FieldProblem = v.InferOutput<typeof FieldProblem>;

/** Errors of the REST API: RFC 9457 problem details. `code` is stable, `title` is for people. */
export const Problem = object({
  /** `urn:tafelrunde:problem:` and the code. */
  type: v.string(),
  /** The status in words, for people. */
  title: v.string(),
  /** The status of the answer. */
  status: v.pipe(v.number(), v.integer()),
  /** What cannot be: a stable code. */
  code: v.string(),
  /** More about this time, for people. */
  detail: v.optional(v.string()),
  /** The parts of the request that are wrong. */
  fields: v.optional(v.array(FieldProblem)),
});
export type Problem = v.InferOutput<typeof Problem>;
