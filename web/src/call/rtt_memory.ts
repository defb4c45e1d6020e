import type { RttByNode } from "@tafelrunde/protocol";
import { isRecord, isText, keep, recall } from "./storage.ts";

/** How long a measurement stays valid, ms. */
export const RTT_TERM_MS = 3_600_000;

/** Longest round trip that an edge accepts, ms. Source: protocol/peer.ts, RttByNode. */
const LONGEST_MS = 60_000;

const KEY = "tafelrunde:rtt";

/** Round trips measured on one network. */
export interface Measured {
  /** Date.now(). */
  readonly at: number;
  /** The kind of network, if the browser reports it. */
  readonly network: string;
  readonly rttByNode: RttByNode;
}

/** This tab's last measurement; undefined: none. */
export function rememberedRtts(): Measured | undefined {
  return recall("sessionStorage", KEY, isMeasured);
}

/** Stores a new measurement for this tab. */
export function rememberRtts(rttByNode: RttByNode): Measured {
  const measured: Measured = { at: Date.now(), network: networkKind(), rttByNode };
  keep("sessionStorage", KEY, measured);
  return measured;
}

export function forgetRtts(): void {
  keep("sessionStorage", KEY, undefined);
}

/** An invalid value would be sent to the edge, which closes the socket of a client that sends one. */
function isMeasured(kept: unknown): kept is Measured {
  return isRecord(kept) && typeof kept["at"] === "number" && isText(kept["network"]) &&
    isRecord(kept["rttByNode"]) &&
    Object.values(kept["rttByNode"]).every((rttMs) =>
      typeof rttMs === "number" && rttMs >= 0 && rttMs <= LONGEST_MS
    );
}

/** Whether it is still valid: the same network, and not too old. */
export function holds({ at, network }: Measured): boolean {
  const ageMs = Date.now() - at;
  return network === networkKind() && ageMs >= 0 && ageMs < RTT_TERM_MS;
}

function networkKind(): string {
  return (navigator as Navigator & { connection?: { readonly type?: string } }).connection?.type ?? "";
}
