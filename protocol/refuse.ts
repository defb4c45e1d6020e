import type { RefusalCode } from "./refusal.ts";

/** The user cannot do this now. Data, never thrown; sent only to the client that asked. */
export interface Refusal {
  readonly refused: RefusalCode;
  /** When a retry makes sense, ms from now. */
  readonly retryAfterMs?: number;
}

/** Builds a refusal. */
export function refuse(code: RefusalCode, retryAfterMs?: number): Refusal {
  return retryAfterMs === undefined ? { refused: code } : { refused: code, retryAfterMs };
}

/** Whether the same request can succeed later without any other change. */
export function isForNow({ refused }: Refusal): boolean {
  return refused.endsWith(".tooFrequent") || refused === "room.busy" || refused === "store.unavailable";
}

/** Distinguishes a refusal from any other answer. */
export function isRefusal(answer: unknown): answer is Refusal {
  return typeof answer === "object" && answer !== null && "refused" in answer;
}
