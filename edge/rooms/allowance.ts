/** Messages one socket may send: `burst` at once, then `perSecond`. */
export const MESSAGE_ALLOWANCE = { perSecond: 25, burst: 150 };

/** Messages over the allowance that are answered with a refusal; the next one closes the socket. */
export const PATIENCE = 500;
