import type { Problem } from "@tafelrunde/protocol/http";

/** Timeout of a request, ms. */
const DEADLINE_MS = 15_000;

/**
 * Why a request failed. `code`: the server's problem code; "offline": the server was not reached; "fault": an
 * unexpected answer.
 */
export interface RequestError {
  readonly code: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The invalid field of the request ("title", "settings.maxParticipants"), if any. */
  readonly field?: string;
}

/**
 * The outcome of a request: never thrown, so that no page forgets it. `etag` is "" if the answer has none.
 */
export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly etag: string }
  | { readonly ok: false; readonly error: RequestError };

interface RequestOptions {
  readonly body?: unknown;
  /** ETag of the changed resource: the server refuses (412) if it has changed since. */
  readonly ifMatch?: string | undefined;
  /** Idempotency key: the server executes requests with the same key once. */
  readonly key?: string;
}

/** Calls this site's REST API with the session's cookie. `path` begins with "/v1/". Never rejects. */
export async function request<T>(
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Answer<T>> {
  const { body, ifMatch, key } = options;
  try {
    const answer = await fetch(path, {
      method,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(ifMatch ? { "if-match": ifMatch } : {}),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (!answer.ok) return { ok: false, error: await readError(answer) };
    const text = await answer.text();
    return {
      ok: true,
      value: (text === "" ? undefined : JSON.parse(text)) as T,
      etag: answer.headers.get("etag") ?? "",
    };
  } catch (cause) {
    // fetch rejects with TypeError without a network, TimeoutError after the deadline; SyntaxError is an
    // answer that is not JSON.
    const code = cause instanceof SyntaxError ? "fault" : "offline";
    return { ok: false, error: { code, status: 0 } };
  }
}

export function get<T>(path: string): Promise<Answer<T>> {
  return request("GET", path);
}

export function post<T>(path: string, body?: unknown, key?: string): Promise<Answer<T>> {
  return request("POST", path, {
    ...(body === undefined ? {} : { body }),
    ...(key === undefined ? {} : { key }),
  });
}

export function patch<T>(path: string, body: unknown, ifMatch?: string): Promise<Answer<T>> {
  return request("PATCH", path, { body, ifMatch });
}

export function put<T>(path: string, body?: unknown, ifMatch?: string): Promise<Answer<T>> {
  return request("PUT", path, { ...(body === undefined ? {} : { body }), ifMatch });
}

/** Deletes; `T` is void unless the server returns more. */
export function remove<T = void>(path: string, ifMatch?: string): Promise<Answer<T>> {
  return request("DELETE", path, { ifMatch });
}

/** "?a=1&b=2" of the defined values; "" without any. */
export function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return given.length === 0
    ? ""
    : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

async function readError(answer: Response): Promise<RequestError> {
  const { status } = answer;
  const problem: Partial<Problem> = await answer.json().catch(() => ({}));
  const field = problem.fields?.[0]?.name;
  return { code: problem.code ?? "fault", status, ...(field === undefined ? {} : { field }) };
}
