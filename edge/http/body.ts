import { cutText, isTooDeep, MAX_MESSAGE_BYTES } from "@tafelrunde/protocol";
import type { Context } from "hono";
import { fieldProblem, ProblemError } from "./problem.ts";

/** How a body may be written. */
export type BodyType = "application/json" | "application/x-www-form-urlencoded";

/** The body as text. Stops reading at the limit, whatever length the request claims. Throws 413. */
export async function readText(c: Context): Promise<string> {
  const { body } = c.req.raw;
  if (body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_MESSAGE_BYTES) {
      throw new ProblemError(413, "request.tooLarge", `A body has at most ${MAX_MESSAGE_BYTES} bytes.`);
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** What a body says, before any schema. An empty one counts as `{}`. Throws 400, 415 or 422. */
export function parseBody(c: Context, text: string, type: BodyType): unknown {
  if (text === "") return {};
  const given = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (given !== type) {
    throw new ProblemError(415, "request.contentType", `The body has to be ${type}.`, {
      fields: [{ in: "header", name: "content-type", reason: "contentType" }],
    });
  }
  return type === "application/json" ? parseJson(text) : entriesOnce(new URLSearchParams(text), "body");
}

/** What a query or a form says. Throws 422 for a name that comes twice. */
export function entriesOnce(search: URLSearchParams, place: "query" | "body"): Record<string, string> {
  const entries = new Map<string, string>();
  for (const [name, value] of search) {
    if (entries.has(name)) throw fieldProblem({ in: place, name: shortName(name), reason: "repeated" });
    entries.set(name, value);
  }
  return Object.fromEntries(entries);
}

/** A name that a request made up, short enough to be repeated to it. */
export function shortName(name: string): string {
  return name.length <= 100 ? name : `${cutText(name, 100)}…`;
}

function parseJson(text: string): unknown {
  if (isTooDeep(text)) {
    throw fieldProblem({ in: "body", name: "", reason: "tooDeep" });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProblemError(400, "request.notJson", "The body is not JSON.", {
      fields: [{ in: "body", name: "", reason: "json" }],
    });
  }
  // Where every field may be missing, valibot takes a list for an object.
  if (Array.isArray(value)) throw fieldProblem({ in: "body", name: "", reason: "object" });
  return value;
}
