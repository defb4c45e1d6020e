import type { RttByNode } from "@tafelrunde/protocol";
import { isRecord, isText, keep, recall } from "./storage.ts";

/** How long a measurement holds, ms. */
export const RTT_TERM_MS = 3_600_000;

/** Longest round trip that an edge takes, ms. Source: protocol/peer.ts, RttByNode. */
const LONGEST_MS = 60_000;

const KEY = "tafelrunde:rtt";

/** What was measured on one network. */
export interface Measured {
  /** Date.now(). */
  readonly at: number;
  /** The kind of network, where the browser tells. */
  readonly network: string;
  readonly rttByNode: RttByNode;
}

/** What this tab measured last; undefined: nothing. */
export function rememberedRtts(): Measured | undefined {
  return recall("sessionStorage", KEY, isMeasured);
}

/** Keeps for this tab what was measured just now. */
export function rememberRtts(rttByNode: RttByNode): Measured {
  const measured: Measured = { at: Date.now(), network: networkKind(), rttByNode };
  keep("sessionStorage", KEY, measured);
  return measured;
}

export function forgetRtts(): void {
  keep("sessionStorage", KEY, undefined);
}

/** What is not would be sent to the edge, which closes the socket of whoever says what cannot be. */
function isMeasured(kept: unknown): kept is Measured {
  return isRecord(kept) && typeof kept["at"] === "number" && isText(kept["network"]) &&
    isRecord(kept["rttByNode"]) &&
    Object.values(kept["rttByNode"]).every((rttMs) =>
      typeof rttMs === "number" && rttMs >= 0 && rttMs <= LONGEST_MS
    );
}

/** Whether it is still worth something: the network is the same, and it is not too old. */
export function holds({ at, network }: Measured): boolean {
  const ageMs = Date.now() - at;
  return network === networkKind() && ageMs >= 0 && ageMs < RTT_TERM_MS;
}

function networkKind(): string {
  return (navigator as Navigator & { connection?: { readonly type?: string } }).connection?.type ?? "";
}
