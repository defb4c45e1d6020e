import { backoffMs } from "@tafelrunde/protocol";
import type { EdgeContext } from "../context.ts";
import { pause } from "../pause.ts";
import { type ClaimedItem, claimItem, deferItem, deleteItem, failItem, holdItem } from "../store/outbox.ts";
import { warnOf } from "../store/unavailable.ts";
import { type Delivery, NotDelivered, type OutboxKind } from "./kind.ts";

/** Most tries of one item: as many as the delays of a day, and some for edges that were killed meanwhile. */
const MAX_TRIES = 50;

/** How much longer than a try can take an item is claimed, ms, so that no other edge sends it meanwhile. */
const CLAIM_MORE_MS = 60_000;

/** Interval of looks for due items, and how long an edge that shuts down waits for its tries, ms. */
const PACE = { lookMs: 1_000, graceMs: 5_000 };

type SenderContext = Pick<EdgeContext, "db" | "log" | "metrics" | "now">;

/** How long an item of a kind stays with an edge that was killed while it sent it, ms. */
export function claimMsOf({ tryMs }: Pick<OutboxKind, "tryMs">): number {
  return tryMs + CLAIM_MORE_MS;
}

/**
 * Sends what is in the outbox to other systems, at least once: all edges do, each item by one of them. An
 * item is deleted when its receiver has accepted it, and given up if it never does. Tenants take turns, and
 * an item that cannot be sent delays no other.
 */
export class OutboxSender implements AsyncDisposable {
  readonly #context: SenderContext;
  readonly #kinds: readonly OutboxKind[];
  readonly #pace: typeof PACE;
  readonly #stop = new AbortController();
  readonly #abandon = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(context: SenderContext, kinds: readonly OutboxKind[], pace: Partial<typeof PACE> = {}) {
    this.#context = context;
    this.#kinds = kinds;
    this.#pace = { ...PACE, ...pace };
  }

  /** Begins to look for items. */
  start(): void {
    this.#running = Promise.all(this.#kinds.map((kind) => this.#run(kind)));
  }

  /**
   * Takes no more items, and stops. Tries in progress can take a few seconds more; after that they are left
   * to another edge, or to the next start.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    const grace = setTimeout(() => this.#abandon.abort(), this.#pace.graceMs);
    await this.#running;
    clearTimeout(grace);
    for (const kind of this.#kinds) await kind[Symbol.asyncDispose]();
  }

  /** Keeps the kind's places busy until the edge shuts down. */
  async #run(kind: OutboxKind): Promise<void> {
    const { db, now, log } = this.#context;
    const { signal } = this.#stop;
    const trying = new Set<Promise<void>>();
    const perShare = new Map<string, number>();
    let after = "";
    while (!signal.aborted) {
      const busy = [...perShare].filter(([, count]) => count >= kind.placesPerShare).map(([share]) => share);
      let item: ClaimedItem | undefined;
      try {
        if (trying.size < kind.places) {
          item = await claimItem(db, kind.name, { after, busy }, claimMsOf(kind), now());
        }
      } catch (error) {
        warnOf(log, "outbox.claim", error);
      }
      if (item === undefined) {
        const rest = pause(this.#pace.lookMs, signal);
        // A place that becomes free can be what something due waits for.
        const isFull = trying.size >= kind.places || busy.length > 0;
        await (isFull ? Promise.race([rest, ...trying]) : rest);
        continue;
      }
      const { share } = item;
      after = share;
      perShare.set(share, (perShare.get(share) ?? 0) + 1);
      const done = this.#try(kind, item).catch(async (error) => {
        warnOf(log, "outbox.try", error);
        // The database is unavailable: what holds up this one would hold up the next.
        await pause(this.#pace.lookMs, signal);
      }).finally(() => {
        trying.delete(done);
        const left = perShare.get(share)! - 1;
        if (left > 0) perShare.set(share, left);
        else perShare.delete(share);
      });
      trying.add(done);
    }
    await Promise.all(trying);
  }

  /**
   * Rejects if something else failed than the delivery; an item that might be sent already is due again when
   * its claim ends.
   */
  async #try(kind: OutboxKind, item: ClaimedItem): Promise<void> {
    const { db, log, now } = this.#context;
    const { id, tries, variant, addedAt } = item;
    const isLate = (waitMs: number) => tries >= MAX_TRIES || now() + waitMs - addedAt >= kind.giveUpMs;
    const waitMs = backoffMs(tries, kind.backoff);
    // Each try ended with its edge: perhaps because of it.
    if (tries >= MAX_TRIES) return await this.#giveUp(kind, item, "tries");
    try {
      const limit = AbortSignal.any([this.#abandon.signal, AbortSignal.timeout(kind.tryMs)]);
      const delivery = await kind.send({ id, variant, body: item.body }, limit);
      if (delivery.kind === "held") {
        if (isLate(delivery.waitMs)) return await this.#giveUp(kind, item, "limit");
        await holdItem(db, item, now() + delivery.waitMs);
      } else if (delivery.kind === "unreadable") {
        if (isLate(waitMs)) return await this.#giveUp(kind, item, "unreadable");
        await deferItem(db, item, now() + waitMs);
      } else await deleteItem(db, item);
      this.#count(kind, delivery.kind);
    } catch (error) {
      if (!(error instanceof NotDelivered)) {
        // Nothing was sent: it is due again, immediately after the first fault.
        await deferItem(db, item, now() + (tries === 0 ? 0 : waitMs)).catch(() => {});
        throw error;
      }
      const { isFinal, reason } = error;
      if (this.#abandon.signal.aborted) return await deferItem(db, item, now());
      if (isFinal || isLate(waitMs)) return await this.#giveUp(kind, item, reason);
      if (tries === 0) log.warn("outbox.deferred", { kind: kind.name, variant, reason });
      await deferItem(db, item, now() + waitMs);
      this.#count(kind, "deferred");
    }
  }

  async #giveUp(kind: OutboxKind, item: ClaimedItem, reason: string): Promise<void> {
    const { db, log, now } = this.#context;
    const { variant, tries } = item;
    await failItem(db, item, reason, now());
    this.#count(kind, "givenUp");
    log.error("outbox.givenUp", { kind: kind.name, variant, tries: tries + 1, reason });
  }

  #count({ name }: OutboxKind, outcome: Delivery["kind"] | "deferred" | "givenUp"): void {
    this.#context.metrics.outbox.inc({ kind: name, outcome });
  }
}
