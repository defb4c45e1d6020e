import type { FieldProblem, Problem } from "@tafelrunde/protocol/http";
import { STATUS_TEXT } from "@std/http/status";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { isStoreAway } from "../store/unavailable.ts";

/** Optional parts of a problem. */
export interface ProblemExtras {
  readonly headers?: Readonly<Record<string, string>>;
  /** The invalid parts of the request. */
  readonly fields?: readonly FieldProblem[];
}

/** Ends the request with RFC 9457 problem details. `code` is stable and named like a refusal. */
export class ProblemError extends HTTPException {
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: readonly FieldProblem[];

  constructor(status: ContentfulStatusCode, code: string, detail?: string, extras: ProblemExtras = {}) {
    super(status, { message: detail ?? code });
    this.code = code;
    this.headers = extras.headers ?? {};
    this.fields = extras.fields ?? [];
  }
}

/** 422 that lists the invalid parts of the request; `fields` has at least one. */
export function fieldProblem(...fields: readonly FieldProblem[]): ProblemError {
  const detail = fields.map(({ in: place, name, reason }) => `${name || place}: ${reason}`).join(", ");
  return new ProblemError(422, "request.invalid", detail, { fields });
}

/**
 * 404 for something that does not exist or that the caller may not see: both look the same. `noun` is the
 * name of its path parameter.
 */
export function unknown(noun: string): ProblemError {
  return new ProblemError(404, `${noun}.unknown`, "Not found, or you have no access.", {
    fields: [{ in: "path", name: noun, reason: "unknown" }],
  });
}

/** Retry-After while the database is unavailable, s. */
const STORE_RETRY_S = 5;

/** The response to a request that failed. For anything but a ProblemError it reveals no internals. */
export function problemResponse(c: Context, thrown: unknown): Response {
  const error = isStoreAway(thrown)
    ? new ProblemError(503, "store.unavailable", "The database is unavailable. Try again later.", {
      headers: { "retry-after": String(STORE_RETRY_S) },
    })
    : thrown;
  const status = error instanceof HTTPException ? error.status : 500;
  const code = error instanceof ProblemError ? error.code : status === 500 ? "internal" : "request.invalid";
  const title = (STATUS_TEXT as Record<number, string>)[status] ?? "Error";
  const told = error instanceof ProblemError
    ? {
      ...error.message !== code && { detail: error.message },
      ...error.fields.length > 0 && { fields: [...error.fields] },
    }
    : {};
  const problem: Problem = { type: `urn:tafelrunde:problem:${code}`, title, status, code, ...told };
  const headers = error instanceof ProblemError ? error.headers : {};
  return c.body(JSON.stringify(problem), status as ContentfulStatusCode, {
    ...headers,
    "content-type": "application/problem+json",
  });
}
