/** Most valid tokens in a room. */
export const MAX_TOKENS = 20;

/** Shortest and longest time in which somebody can join by a token, ms. */
export const MIN_TOKEN_MS = 60_000;
export const MAX_TOKEN_MS = 86_400_000;
