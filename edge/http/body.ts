import { cutText, isTooDeep, MAX_MESSAGE_BYTES } from "@tafelrunde/protocol";
import type { Context } from "hono";
import { fieldProblem, ProblemError } from "./problem.ts";

/** Media types of a body. */
export type BodyType =
  | "application/json"
  | "application/merge-patch+json"
  | "application/x-www-form-urlencoded";

/**
 * The body as text. Stops reading at the limit, whatever the request's Content-Length. Throws 413, and 400 if
 * it is not UTF-8.
 */
export async function readText(c: Context): Promise<string> {
  const { body } = c.req.raw;
  if (body === null) return "";
  // JSON is always UTF-8. Source: RFC 8259 §8.1.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_MESSAGE_BYTES) {
        throw new ProblemError(
          413,
          "request.tooLarge",
          `The body must have at most ${MAX_MESSAGE_BYTES} bytes.`,
        );
      }
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    // The client might also have disconnected.
    throw error instanceof ProblemError ? error : notJson("The body is not UTF-8, or is incomplete.");
  }
}

function notJson(detail: string): ProblemError {
  return new ProblemError(400, "request.notJson", detail, {
    fields: [{ in: "body", name: "", reason: "json" }],
  });
}

/** Parses a body, before any schema. An empty one counts as `{}`. Throws 400, 415 or 422. */
export function parseBody(c: Context, text: string, types: readonly BodyType[]): unknown {
  if (text === "") return {};
  const given = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  const type = types.find((type) => type === given);
  if (type === undefined) {
    throw new ProblemError(415, "request.contentType", `The body must be ${types.join(" or ")}.`, {
      fields: [{ in: "header", name: "content-type", reason: "contentType" }],
    });
  }
  return type === "application/x-www-form-urlencoded"
    ? entriesOnce(new URLSearchParams(text), "body")
    : parseJson(text);
}

/** The entries of a query or a form. Throws 422 for a name that is repeated. */
export function entriesOnce(search: URLSearchParams, place: "query" | "body"): Record<string, string> {
  const entries = new Map<string, string>();
  for (const [name, value] of search) {
    if (entries.has(name)) throw fieldProblem({ in: place, name: shortName(name), reason: "repeated" });
    entries.set(name, value);
  }
  return Object.fromEntries(entries);
}

/** A name chosen by the client, cut short enough to be repeated in a problem. */
export function shortName(name: string): string {
  return name.length <= 100 ? name : `${cutText(name, 100)}…`;
}

function parseJson(text: string): unknown {
  if (isTooDeep(text)) {
    throw fieldProblem({ in: "body", name: "", reason: "tooDeep" });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw notJson("The body is not JSON.");
  }
}
