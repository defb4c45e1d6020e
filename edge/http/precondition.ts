import type { Context } from "hono";
import { codeOf, fieldProblem, ProblemError } from "./problem.ts";

/** Most ETags in one If-Match. */
const MAX_TAGS = 10;

/**
 * The versions that a change is meant for; undefined: any ("*"). Throws 428 without If-Match and 422 if none
 * of its tags can be ours. Source: RFC 9110 §13.1.1, RFC 6585 §3.
 */
export function readIfMatch(c: Context): readonly number[] | undefined {
  const header = c.req.header("if-match");
  if (header === undefined) {
    throw new ProblemError(428, "precondition.missing", "Send the version to change in If-Match.", {
      fields: [{ in: "header", name: "if-match", reason: "missing" }],
    });
  }
  if (header.trim() === "*") return undefined;
  const tags = header.split(",", MAX_TAGS + 1).map(opaqueTag);
  const versions = new Set(tags.filter((tag) => /^[1-9][0-9]{0,8}$/.test(tag)).map(Number));
  if (versions.size === 0 || tags.length > MAX_TAGS) {
    throw fieldProblem({ in: "header", name: "if-match", reason: "etag" });
  }
  return [...versions];
}

/**
 * The result of `change` for the first of these versions that is current. Throws as `change` does for the
 * last one.
 */
export async function withPresent<Result>(
  versions: readonly number[] | undefined,
  change: (version: number | undefined) => Promise<Result>,
): Promise<Result> {
  const [first, ...others] = versions ?? [];
  try {
    return await change(first);
  } catch (error) {
    const isOutdated = codeOf(error) === "version.outdated";
    if (!isOutdated || others.length === 0) throw error;
    return await withPresent(others, change);
  }
}

/** Whether the client already has this version. Source: RFC 9110 §13.1.2. */
export function isKnown(c: Context, etag: string): boolean {
  const header = c.req.header("if-none-match");
  if (header === undefined) return false;
  return header.trim() === "*" || header.split(",").map(opaqueTag).includes(opaqueTag(etag));
}

/**
 * The content of an ETag, undoing what compressing proxies do to it: weak (nginx, Varnish), with the
 * encoding's name (`"2-gzip"` Apache, Caddy; `"2--gzip"` Jetty; `"2;br"` LiteSpeed; `"2"-gzip` old Apaches),
 * or without quotes. Ours have neither hyphens nor semicolons.
 */
function opaqueTag(tag: string): string {
  return tag.trim().replace(/^W\//i, "").replaceAll('"', "").replace(/(?:--?|[;:])[a-z]{2,10}$/i, "");
}
