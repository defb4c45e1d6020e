import type { Problem } from "@tafelrunde/protocol/http";
import { STATUS_TEXT } from "@std/http/status";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** Ends the request with RFC 9457 problem details. `code` is stable and named like a refusal. */
export class ProblemError extends HTTPException {
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: ContentfulStatusCode,
    code: string,
    detail?: string,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(status, { message: detail ?? code });
    this.code = code;
    this.headers = headers;
  }
}

/** The answer to a request that failed. What is not a ProblemError tells nothing of its inside. */
export function problemResponse(c: Context, error: unknown): Response {
  const status = error instanceof HTTPException ? error.status : 500;
  const code = error instanceof ProblemError ? error.code : status === 500 ? "internal" : "request.invalid";
  const title = (STATUS_TEXT as Record<number, string>)[status] ?? "Error";
  const detail = error instanceof ProblemError && error.message !== code ? { detail: error.message } : {};
  const problem: Problem = { type: `urn:tafelrunde:problem:${code}`, title, status, code, ...detail };
  const headers = error instanceof ProblemError ? error.headers : {};
  return c.body(JSON.stringify(problem), status as ContentfulStatusCode, {
    ...headers,
    "content-type": "application/problem+json",
  });
}
