import type { RttByNode } from "@tafelrunde/protocol";

/** How long a measurement holds, ms. */
export const RTT_TERM_MS = 3_600_000;

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
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps for this tab what was measured just now. */
export function rememberRtts(rttByNode: RttByNode): Measured {
  const measured: Measured = { at: Date.now(), network: networkKind(), rttByNode };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(measured));
  } catch (cause) {
    console.warn("not remembered", KEY, cause);
  }
  return measured;
}

export function forgetRtts(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch (cause) {
    console.warn("not forgotten", KEY, cause);
  }
}

/** Whether it is still worth something: the network is the same, and it is not too old. */
export function holds({ at, network }: Measured): boolean {
  const ageMs = Date.now() - at;
  return network === networkKind() && ageMs >= 0 && ageMs < RTT_TERM_MS;
}

function networkKind(): string {
  return (navigator as Navigator & { connection?: { readonly type?: string } }).connection?.type ?? "";
}
