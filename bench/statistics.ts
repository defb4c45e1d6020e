/** Median and 95th percentile of some durations, ms, rounded. */
export interface Summary {
  readonly medianMs: number;
  readonly p95Ms: number;
}

/** Summarizes durations; null if there are none. */
export function summarise(durationsMs: readonly number[]): Summary | null {
  if (durationsMs.length === 0) return null;
  const round = (share: number) => Math.round(quantile(durationsMs, share));
  return { medianMs: round(0.5), p95Ms: round(0.95) };
}

/**
 * The value that `share` (0 to 1) of `values` does not exceed, interpolated linearly between the two nearest.
 * NaN without values. Source: Hyndman & Fan 1996, definition 7, the default of R and NumPy.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}
