import type { EdgeContext } from "../context.ts";
import { type Backoff, backoffMs } from "@tafelrunde/protocol";
import * as v from "valibot";
import { warnOf } from "../store/unavailable.ts";
import { type ClaimedMail, claimMails, deferMail, deleteMail, holdMail } from "../store/mail.ts";
import { WrittenMail } from "./mail.ts";
import { askForReader } from "./readers.ts";
import { CONNECTIONS, MailRefused, type Post, SILENCE_MS } from "./smtp.ts";

/** Timeout for handing over one mail, ms: a server can be silent twice. */
const SEND_MS = 2 * SILENCE_MS;

/**
 * How long a mail is claimed by one edge, ms. Longer than sending it can take, so that no other edge sends it
 * meanwhile.
 */
export const CLAIM_MS = SEND_MS + 60_000;

/** How long sending is retried, ms. */
export const GIVE_UP_MS = 24 * 3_600_000;

/** Delays between the attempts for one mail. */
const BACKOFF: Backoff = { firstMs: 60_000, longestMs: 3_600_000 };

/** Polling interval of the queue, and how long an edge that shuts down waits for a server's response, ms. */
const PACE = { lookMs: 1_000, graceMs: 5_000 };

type SenderContext = Pick<EdgeContext, "db" | "log" | "metrics" | "now" | "limits" | "keyedHash">;

/**
 * Sends the queued mails, each by one edge. A mail is removed only when a server has accepted it, or when it
 * is given up.
 */
export class MailSender implements AsyncDisposable {
  readonly #context: SenderContext;
  readonly #post: Post;
  readonly #pace: typeof PACE;
  readonly #stop = new AbortController();
  readonly #abandon = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(context: SenderContext, post: Post, pace: Partial<typeof PACE> = {}) {
    this.#context = context;
    this.#post = post;
    this.#pace = { ...PACE, ...pace };
  }

  /** Starts polling the queue. */
  start(): void {
    this.#running = Promise.all(Array.from({ length: CONNECTIONS }, () => this.#run()));
  }

  /**
   * Takes no more mails, and stops. Mails in progress can take a few seconds more; after that they are left
   * to another edge, or to the next start.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    const grace = setTimeout(() => this.#abandon.abort(), this.#pace.graceMs);
    await this.#running;
    clearTimeout(grace);
    await this.#post[Symbol.asyncDispose]();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const { db, now } = this.#context;
        const [mail] = await claimMails(db, 1, CLAIM_MS, now());
        if (mail !== undefined) await this.#send(mail);
        else await pause(this.#pace.lookMs, signal);
      } catch (error) {
        // The database is unavailable.
        warnOf(this.#context.log, "mail.queue", error);
        await pause(this.#pace.lookMs, signal);
      }
    }
  }

  /**
   * Rejects if the database does not respond; a mail that might be sent already is due again when its claim
   * expires.
   */
  async #send(claimed: ClaimedMail): Promise<void> {
    const { id, body, tries, queuedAt } = claimed;
    const { db, log, metrics, now } = this.#context;
    const { success, output: mail } = v.safeParse(WrittenMail, body);
    if (!success) {
      // It might come from another version of this program, whose edges can read it.
      const dueAt = now() + backoffMs(tries, BACKOFF);
      if (dueAt - queuedAt < GIVE_UP_MS) return await deferMail(db, id, dueAt);
      metrics.mails.inc({ outcome: "givenUp" });
      log.error("mail.givenUp", { tries, reason: "unreadable" });
      return await deleteMail(db, id);
    }
    const passage = await askForReader(this.#context, mail).catch(async (error) => {
      // Nothing was sent: it is due again, immediately after the first fault.
      await deferMail(db, id, now() + (tries === 0 ? 0 : backoffMs(tries, BACKOFF))).catch(() => {});
      throw error;
    });
    if (passage.kind === "stopped") {
      metrics.mails.inc({ outcome: "stopped" });
      return await deleteMail(db, id);
    }
    if (passage.kind === "later") {
      const dueAt = now() + passage.waitMs;
      if (dueAt - queuedAt < GIVE_UP_MS) {
        metrics.mails.inc({ outcome: "held" });
        return await holdMail(db, id, dueAt);
      }
      metrics.mails.inc({ outcome: "givenUp" });
      log.warn("mail.givenUp", { kind: mail.kind, tries, reason: "limit" });
      return await deleteMail(db, id);
    }
    try {
      await this.#post.send(id, mail, AbortSignal.any([this.#abandon.signal, AbortSignal.timeout(SEND_MS)]));
    } catch (error) {
      if (!(error instanceof MailRefused)) throw error;
      const { isFinal, reason } = error;
      await passage.giveBack();
      const waitMs = backoffMs(tries, BACKOFF);
      if (this.#abandon.signal.aborted) return await deferMail(db, id, now());
      if (!isFinal && now() + waitMs - queuedAt < GIVE_UP_MS) {
        metrics.mails.inc({ outcome: "deferred" });
        if (tries === 0) log.warn("mail.deferred", { kind: mail.kind, reason });
        return await deferMail(db, id, now() + waitMs);
      }
      metrics.mails.inc({ outcome: "givenUp" });
      log.error("mail.givenUp", { kind: mail.kind, tries: tries + 1, reason });
      return await deleteMail(db, id);
    }
    metrics.mails.inc({ outcome: "sent" });
    await deleteMail(db, id);
  }
}

/** Waits, or resolves early when aborted. */
function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, delayMs);
    signal.addEventListener("abort", end, { once: true });
  });
}
