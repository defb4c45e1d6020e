/** Delay of the second attempt, ms; each later one doubles it. */
export const FIRST_DELAY_MS = 250;

/** Longest delay between two attempts, ms. */
export const LONGEST_DELAY_MS = 5_000;

/**
 * The wait before attempt `attempt` (0 is the first after a loss: at once), ms. Between half and all of the
 * doubled delay, so that clients that lost the same server do not return in step. `random` is in [0, 1).
 */
export function retryDelayMs(attempt: number, random: number): number {
  if (attempt <= 0) return 0;
  const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return Math.round(delayMs * (0.5 + random / 2));
}
