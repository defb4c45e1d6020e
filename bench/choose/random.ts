/** Draws a number from 0 up to, but not including, 1. */
export type Random = () => number;

/**
 * The same numbers for the same seed, so that all rules see the same people. Source: Steele & Vigna,
 * SplitMix32 as published by bryc (public domain).
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Draws one of `items` with a probability proportional to its weight. */
export function drawWeighted<Item>(
  random: Random,
  items: readonly Item[],
  weight: (item: Item) => number,
): Item {
  let place = random() * items.reduce((sum, item) => sum + weight(item), 0);
  for (const item of items) {
    place -= weight(item);
    if (place < 0) return item;
  }
  return items.at(-1)!;
}
