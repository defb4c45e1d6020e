import { guarded } from "@tafelrunde/protocol/process/faults";
import { eraseOldRequests, KEEP_ANSWERS_MS } from "../store/idempotency.ts";
import { eraseOldDevices } from "../store/known_device.ts";
import { eraseExpiredOidcFlows } from "../store/oidc_flow.ts";
import { eraseExpiredSessions } from "../store/session.ts";
import { eraseOldRateCounters } from "../store/rate_counter.ts";
import { eraseExpiredOneTimeSecrets } from "../store/one_time_secret.ts";
import type { IdentityContext } from "../context.ts";

/** Interval of erasing expired data, ms. */
const ERASE_EVERY_MS = 10 * 60_000;

/**
 * Erases expired sessions, links, sign-ins, counted attempts, known browsers and stored answers, every ten
 * minutes until disposed.
 */
export function startErasing({ db, log, now }: Pick<IdentityContext, "db" | "log" | "now">): Disposable {
  const timer = setInterval(guarded(log, "job", () => eraseExpired(db, now())), ERASE_EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Erases what has expired at `now` (ms). */
export async function eraseExpired(db: IdentityContext["db"], now: number): Promise<void> {
  await eraseExpiredSessions(db, now);
  await eraseExpiredOneTimeSecrets(db, now);
  await eraseExpiredOidcFlows(db, now);
  await eraseOldRateCounters(db, now);
  await eraseOldDevices(db, now);
  await eraseOldRequests(db, now - KEEP_ANSWERS_MS);
}
