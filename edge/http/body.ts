import { MAX_MESSAGE_BYTES } from "@tafelrunde/protocol";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import * as v from "valibot";
import { ProblemError } from "./problem.ts";

/** Refuses larger bodies with 413 before they are read. */
export const limitBody = bodyLimit({
  maxSize: MAX_MESSAGE_BYTES,
  onError: () => {
    throw new ProblemError(413, "request.tooLarge", `A body has at most ${MAX_MESSAGE_BYTES} bytes.`);
  },
});

/** The JSON body of a request by its schema. Throws a 400 or 422 that names the field. An empty body counts as `{}`. */
export async function readBody<const Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const text = await c.req.text();
  let value: unknown;
  try {
    value = text === "" ? {} : JSON.parse(text);
  } catch {
    throw new ProblemError(400, "request.notJson", "The body is not JSON.");
  }
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  throw new ProblemError(
    422,
    "request.invalid",
    `${v.getDotPath(result.issues[0]) ?? "body"}: ${result.issues[0].type}`,
  );
}
