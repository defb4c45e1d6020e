import type { MediaRequest } from "@tafelrunde/protocol/media";

/** What a client asks for one path again and again while its network is bad, and seldom otherwise. */
export const PACED: ReadonlySet<string> = new Set<MediaRequest["type"]>(["transport.restart", "peer.check"]);

/** How much of it one path may ask for: a client restarts both transports every few seconds at most, and checks as often. */
export const PACE = { perSecond: 2, burst: 20 };
