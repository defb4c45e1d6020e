import { MAX_MESSAGE_BYTES } from "@tafelrunde/protocol";
import type { Context } from "hono";
import * as v from "valibot";
import { ProblemError } from "./problem.ts";

/** The JSON body of a request by its schema. Throws a 400, 413 or 422 that names what is wrong. An empty body counts as `{}`. */
export async function readBody<const Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const text = await readText(c);
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new ProblemError(400, "request.notJson", "The body is not JSON.");
  }
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new ProblemError(422, "request.invalid", `${v.getDotPath(issue) ?? "body"}: ${issue.type}`);
}

/** The body as text. Stops reading at the limit, whatever length the request claims. */
async function readText(c: Context): Promise<string> {
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
