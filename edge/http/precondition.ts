import type { Context } from "hono";
import { fieldProblem, ProblemError } from "./problem.ts";

/**
 * The version that a change is meant for; undefined: any ("*"). Throws 428 without If-Match and 422 for one that is not ours.
 * Source: RFC 9110 §13.1.1, RFC 6585 §3.
 */
export function readIfMatch(c: Context): number | undefined {
  const header = c.req.header("if-match");
  if (header === undefined) {
    throw new ProblemError(428, "precondition.missing", "Say with If-Match which version you change.", {
      fields: [{ in: "header", name: "if-match", reason: "missing" }],
    });
  }
  if (header.trim() === "*") return undefined;
  const version = /^"([1-9][0-9]{0,8})"$/.exec(header.trim())?.[1];
  if (version === undefined) throw fieldProblem({ in: "header", name: "if-match", reason: "etag" });
  return Number(version);
}

/** 412: somebody else has changed it meanwhile. */
export function outdated(): ProblemError {
  return new ProblemError(412, "version.outdated", "It has been changed meanwhile: read it again.");
}

/** Whether the requester has this version already. Source: RFC 9110 §13.1.2. */
export function isKnown(c: Context, etag: string): boolean {
  const header = c.req.header("if-none-match");
  return header !== undefined && header.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
}
