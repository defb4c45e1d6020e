import type { FieldProblem, Problem } from "@tafelrunde/protocol/http";
import { STATUS_TEXT } from "@std/http/status";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { DomainError } from "../errors.ts";
import { isStoreAway } from "../store/unavailable.ts";
import { invalidFields, notFound, partsOf, type ProblemParts } from "./domain_problems.ts";

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
  return problemOf("request.invalid", invalidFields(fields));
}

/**
 * 404 for something that does not exist or that the caller may not see: both look the same. `noun` is the
 * name of its path parameter.
 */
export function unknown(noun: string): ProblemError {
  return problemOf(`${noun}.unknown`, notFound(noun));
}

/** The code of an error that has a response of its own; undefined: a bug, or an error of Hono. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof ProblemError || error instanceof DomainError ? error.code : undefined;
}

function problemOf(code: string, { status, detail, ...extras }: ProblemParts): ProblemError {
  return new ProblemError(status, code, detail, extras);
}

/** Retry-After while the database is unavailable, s. */
const STORE_RETRY_S = 5;

/** The response to a request that failed. For bugs it reveals no internals. */
export function problemResponse(c: Context, thrown: unknown): Response {
  const error = translated(thrown);
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

function translated(thrown: unknown): unknown {
  if (thrown instanceof DomainError) return problemOf(thrown.code, partsOf(thrown));
  if (!isStoreAway(thrown)) return thrown;
  return new ProblemError(503, "store.unavailable", "The database is unavailable. Try again later.", {
    headers: { "retry-after": String(STORE_RETRY_S) },
  });
}
