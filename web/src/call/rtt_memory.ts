import type { RttByNode } from "@tafelrunde/protocol";

/** How long a measurement holds, ms. */
const TERM_MS = 3_600_000;

const KEY = "tafelrunde:rtt";

/** What was measured on one network. */
interface Measured {
  /** Date.now(). */
  readonly at: number;
  /** The kind of network, where the browser tells. */
  readonly network: string;
  readonly rttByNode: RttByNode;
}

/** What was measured on this network within the hour; undefined: nothing, or the network is another. */
export function rememberedRtts(): RttByNode | undefined {
  try {
    const kept: Measured | null = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    const isGood = kept !== null && kept.network === networkKind() && Date.now() - kept.at < TERM_MS;
    return isGood ? kept.rttByNode : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps it for this tab; undefined: forgets it. */
export function rememberRtts(rttByNode: RttByNode | undefined): void {
  try {
    if (rttByNode === undefined) sessionStorage.removeItem(KEY);
    else {
      const measured: Measured = { at: Date.now(), network: networkKind(), rttByNode };
      sessionStorage.setItem(KEY, JSON.stringify(measured));
    }
  } catch (cause) {
    console.warn("not remembered", KEY, cause);
  }
}

function networkKind(): string {
  return (navigator as Navigator & { connection?: { readonly type?: string } }).connection?.type ?? "";
}
