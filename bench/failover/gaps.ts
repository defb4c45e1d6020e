import type { Watched } from "./watch.ts";

/** A gap shorter than this counts as a slow frame, not as a freeze, ms. */
const STILL_MS = 400;

/** Longest time between two frames, ms, among gaps that end after `from` and begin before `to`. */
export function longestGapMs(times: readonly number[], from: number, to: number): number {
  return gapsOf(times, from, to).reduce((longest, { ms }) => Math.max(longest, ms), 0);
}

/**
 * How long after `from` one participant had everything back: the end of the last picture's longest freeze, or
 * of the last time that not all of `others` were heard; 0 if nothing was missing, Infinity if it did not come
 * back before `to`.
 */
export function recoveryMs({ frames, heard }: Watched, others: number, from: number, to: number): number {
  const pictures = Object.values(frames);
  if (pictures.length < others) return Infinity;
  const ends = pictures.map((times) => {
    const still = gapsOf(times, from, to).filter(({ ms }) => ms > STILL_MS)
      .toSorted((a, b) => b.ms - a.ms)[0];
    return still?.end ?? from;
  });
  const silences = heard.filter(([at, count]) => at > from && at < to && count < others);
  const lastSilence = silences.at(-1)?.[0] ?? from;
  const end = Math.max(...ends, lastSilence);
  return end >= to - STILL_MS ? Infinity : end - from;
}

function gapsOf(times: readonly number[], from: number, to: number): { end: number; ms: number }[] {
  // A picture that does not come back until the end counts as a gap, too.
  return [...times.filter((at) => at < to), to].flatMap((end, index, all) => {
    const begin = all[index - 1];
    return begin === undefined || end <= from ? [] : [{ end, ms: end - begin }];
  });
}
