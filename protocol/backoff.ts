/** The first and the longest delay of a series of retries, ms. */
export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The delay before retry `retry` (0: the first), ms: each is twice the one before, up to the longest. */
export function backoffMs(retry: number, { firstMs, longestMs }: Backoff): number {
  return Math.min(longestMs, firstMs * 2 ** retry);
}

/**
 * Between half and all of a delay, ms, so that those who lost the same server do not return in step. `random`
 * is in [0, 1).
 */
export function jittered(delayMs: number, random: number = Math.random()): number {
  return Math.round(delayMs * (0.5 + random / 2));
}
