import type { MediaRequest } from "@tafelrunde/protocol/media";

/** Requests that a client repeats while its network is bad, and otherwise rarely makes. */
export const PACED: ReadonlySet<string> = new Set<MediaRequest["type"]>(["transport.restart", "peer.check"]);

/**
 * Rate limit of these requests per transport pair: a client restarts both transports every few seconds at
 * most, and checks as often.
 */
export const PACE = { perSecond: 2, burst: 20 };
