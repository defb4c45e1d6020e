/** "4:05" or "1:04:05": a duration in ms, rounded up for a countdown and down for a stopwatch. */
export function clockOf(ms: number, isCountdown: boolean): string {
  const seconds = Math.max(0, isCountdown ? Math.ceil(ms / 1_000) : Math.floor(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(seconds / 60) % 60;
  const hours = Math.floor(seconds / 3_600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
