import type { Problem } from "@tafelrunde/protocol/http";

/** How long a person should wait for an answer, ms. */
const DEADLINE_MS = 15_000;

/** Why there is no answer. `code` as the server's problem has it; "offline": it was not reached; "fault": it said something else. */
export interface Trouble {
  readonly code: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The field of the request that is wrong ("title", "settings.maxParticipants"), when one is. */
  readonly field?: string;
}

/** What came of a request: never thrown, so that no page forgets it. `etag` is "" when the answer has none. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T; readonly etag: string }
  | { readonly ok: false; readonly trouble: Trouble };

interface RequestOptions {
  readonly body?: unknown;
  /** ETag of what is changed: the server refuses (412) when somebody else has changed it since. */
  readonly ifMatch?: string | undefined;
  /** The same key again is the same request: the server does it once. */
  readonly key?: string;
}

/** Asks this site's REST API, with the session's cookie. `path` begins with "/v1/". Never rejects. */
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
    if (!answer.ok) return { ok: false, trouble: await readTrouble(answer) };
    const text = await answer.text();
    return {
      ok: true,
      value: (text === "" ? undefined : JSON.parse(text)) as T,
      etag: answer.headers.get("etag") ?? "",
    };
  } catch (cause) {
    // fetch rejects with TypeError without a network, TimeoutError after the deadline; SyntaxError is an answer that is not JSON.
    const code = cause instanceof SyntaxError ? "fault" : "offline";
    return { ok: false, trouble: { code, status: 0 } };
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

/** Deletes; `T` is void unless the server says more. */
export function remove<T = void>(path: string, ifMatch?: string): Promise<Answer<T>> {
  return request("DELETE", path, { ifMatch });
}

/** "?a=1&b=2" of what is given; "" of nothing. */
export function query(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== "");
  return given.length === 0
    ? ""
    : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

async function readTrouble(answer: Response): Promise<Trouble> {
  const { status } = answer;
  const problem: Partial<Problem> = await answer.json().catch(() => ({}));
  const field = problem.fields?.[0]?.name;
  return { code: problem.code ?? "fault", status, ...(field === undefined ? {} : { field }) };
}
