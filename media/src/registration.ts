import { registrationProof } from "@tafelrunde/protocol/media";
import { attend, guarded } from "@tafelrunde/protocol/process/faults";
import type { Log } from "@tafelrunde/protocol/process/log";

/** Delay between two attempts until an edge accepts the registration, ms. */
const RETRY_MS = 2_000;

/** How often a registration is renewed, ms: edges forget nodes after a day. */
const RENEW_MS = 10 * 60_000;

/** Longest wait for a response, ms: the edge connects back, for 3 s at most. */
const DEADLINE_MS = 5_000;

export interface RegistrationOptions {
  /** URL of the edges; any of them informs the others. */
  readonly edgeUrl: string;
  readonly nodeId: string;
  /** URL at which edges reach the node. */
  readonly controlUrl: string;
  readonly clusterKey: string;
  readonly log: Log;
}

/**
 * Keeps this node registered with the edges until disposed. Never rejects: it retries while an edge is
 * unreachable.
 */
export function keepRegistered(
  { edgeUrl, nodeId, controlUrl, clusterKey, log }: RegistrationOptions,
): Disposable {
  const life = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wasTaken = false;
  const register = async () => {
    const isTaken = await notify().catch(() => false);
    if (life.signal.aborted) return;
    if (isTaken !== wasTaken) {
      log[isTaken ? "info" : "warn"](isTaken ? "registered" : "unregistered", { edgeUrl });
    }
    wasTaken = isTaken;
    timer = setTimeout(guarded(log, "job", register), isTaken ? RENEW_MS : RETRY_MS);
  };
  const notify = async () => {
    const proof = await registrationProof(clusterKey, { nodeId, controlUrl });
    const response = await fetch(new URL("/v1/nodes", edgeUrl), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ nodeId, controlUrl, proof }),
      signal: AbortSignal.any([life.signal, AbortSignal.timeout(DEADLINE_MS)]),
    });
    await response.body?.cancel();
    return response.ok;
  };
  attend(log, "job", register());
  return {
    [Symbol.dispose]() {
      life.abort();
      clearTimeout(timer);
    },
  };
}
