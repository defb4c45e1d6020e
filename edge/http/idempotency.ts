import type { Context } from "hono";
import { ProblemError } from "./problem.ts";
import { fieldProblem } from "./problem.ts";
import type { Sealer } from "../seal.ts";
import { beginRequest, endRequest, forgetRequest, type RequestKey } from "../store/idempotency.ts";
import type { Db } from "../store/schema.ts";

/** A stored answer: what was sent, to the byte. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: none, 204. */
  readonly body: string | null;
}

/** What idempotency keys need of the edge. */
export interface Once {
  readonly db: Db;
  readonly sealer: Sealer;
  readonly now: () => number;
}

/**
 * The request's Idempotency-Key; undefined: it has none. Throws 422. Source:
 * draft-ietf-httpapi-idempotency-key-header-07.
 */
export function readIdempotencyKey(c: Context): string | undefined {
  const key = c.req.header("idempotency-key");
  if (key === undefined || /^[\x21-\x7e]{8,255}$/.test(key)) return key;
  throw fieldProblem({ in: "header", name: "idempotency-key", reason: "form" });
}

/**
 * Runs `act` once per key: a request repeated within a day gets the first answer again. While the first is in
 * progress, or if it never finished, throws 409; with another body 422. Failures are not stored: they changed
 * nothing, and can be retried with the same key. Requests can contain passwords, and answers secrets that are
 * shown once: both are stored sealed, the request as its hash.
 */
export async function actOnce(
  { db, sealer, now }: Once,
  id: RequestKey,
  requestHash: string,
  act: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  const context = JSON.stringify([id.caller, id.key]);
  const begun = await beginRequest(db, id, await sealer.seal(requestHash, context), now());
  if (begun !== undefined) {
    if (await sealer.open(begun.requestHash, context) !== requestHash) {
      throw new ProblemError(
        422,
        "idempotency.otherRequest",
        "This key was already used for a different request.",
        {
          fields: [{ in: "header", name: "idempotency-key", reason: "reused" }],
        },
      );
    }
    if (begun.answer === null) {
      throw new ProblemError(
        409,
        "idempotency.underWay",
        "The first request with this key is still in progress.",
        {
          headers: { "retry-after": "1" },
        },
      );
    }
    return JSON.parse(await sealer.open(begun.answer, context));
  }
  let answer: KeptAnswer;
  try {
    answer = await act();
  } catch (error) {
    await forgetRequest(db, id);
    throw error;
  }
  await endRequest(db, id, await sealer.seal(JSON.stringify(answer), context));
  return answer;
}
