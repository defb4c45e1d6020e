import type { TenantId } from "@tafelrunde/protocol";
import type { Db } from "../store/schema.ts";
import { readStorage } from "../store/tenant_storage.ts";

/**
 * Storage use of the tenants of this edge's rooms: counted within the last minute, plus what this edge has
 * added since.
 */
export class TenantStorage {
  readonly #db: Db;
  /** Null: unlimited. */
  readonly #uses = new Map<TenantId, { bytes: number; readonly maxBytes: number } | null>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Counts a tenant that is not known yet. */
  async learn(id: TenantId): Promise<void> {
    if (!this.#uses.has(id)) await this.#count([id]);
  }

  /** Counts these tenants again and forgets all others. */
  async count(ids: ReadonlySet<TenantId>): Promise<void> {
    for (const id of this.#uses.keys()) if (!ids.has(id)) this.#uses.delete(id);
    await this.#count([...ids]);
  }

  /** Adds `bytes` that this edge has added to the count in a tenant's row. */
  add(id: TenantId, bytes: number): void {
    const use = this.#uses.get(id);
    if (use) use.bytes += bytes;
  }

  /** The used part of a tenant's limit; 0: unlimited. */
  usedPart(id: TenantId): number {
    const use = this.#uses.get(id);
    return use ? use.bytes / use.maxBytes : 0;
  }

  async #count(ids: readonly TenantId[]): Promise<void> {
    const uses = new Map((await readStorage(this.#db, ids)).map((use) => [use.id, use]));
    for (const id of ids) {
      const use = uses.get(id);
      this.#uses.set(id, use === undefined ? null : { bytes: use.bytes, maxBytes: use.maxBytes });
    }
  }
}
