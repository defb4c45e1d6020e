/** Whether a capacity is valid. */
export function isCapacity(n: number, most: number): boolean {
  return Number.isInteger(n) && n >= 2 && n <= most;
}
