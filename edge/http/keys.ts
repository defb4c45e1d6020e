import type { RouteContext } from "../context.ts";
import { ApiKeyId, newRowId } from "@tafelrunde/protocol";
import { ApiKey, ApiKeyPage, CreateKey, instantOf, KeyCreated, MAX_KEYS } from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { bearerOf } from "../identity/caller.ts";
import { requireEffect } from "../identity/effects.ts";
import { isOpen } from "../identity/ways.ts";
import { API_KEY_PREFIX, hashSecret, newSecret } from "../identity/secret.ts";
import {
  type ApiKeyRecord,
  countApiKeys,
  deleteApiKey,
  insertApiKey,
  listApiKeys,
} from "../store/api_key.ts";
import { pagedBy, pageFrom, PositionInstant } from "./paging.ts";
import { fieldProblem, ProblemError, unknown } from "./problem.ts";
import { readerOf } from "./room_access.ts";
import { type Route, route } from "../route.ts";
import { timeOf } from "./time.ts";

/** Position of a page of keys: created at (ms), id. */
const Position = v.tuple([PositionInstant, ApiKeyId]);

/** /v1/keys: a tenant's API keys. No key can create, list or delete keys: only people can. */
export function keyRoutes({ db, now, log }: RouteContext): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/keys",
      tag: "tenants",
      summary: "Create an API key",
      description:
        "The key is valid until it expires, or until its creator is no longer an admin, is disabled or deleted.",
      access: "admin",
      body: CreateKey,
      answer: KeyCreated,
      status: 201,
      problems: { "tenant.keysSpent": 409 },
    }, async ({ caller, body }) => {
      requireEffect(bearerOf(caller), "key.change");
      const { tenantId, accountId } = readerOf(caller);
      if (caller.kind !== "account" || accountId === null) throw new TypeError("a key made a key");
      const at = now();
      const expiresAt = body.expiresAt === null ? null : instantOf(body.expiresAt)!;
      if (expiresAt !== null && expiresAt <= at) {
        throw fieldProblem({ in: "body", name: "expiresAt", reason: "past" });
      }
      if (await countApiKeys(db, tenantId) >= MAX_KEYS) {
        throw new ProblemError(409, "tenant.keysSpent", `A tenant can have at most ${MAX_KEYS} API keys.`);
      }
      const key = `${API_KEY_PREFIX}${newSecret()}`;
      const made = {
        id: newRowId() as ApiKeyId,
        name: body.name,
        scopes: [...new Set(body.scopes)],
        expiresAt,
      };
      await insertApiKey(db, { ...made, tenantId, hash: hashSecret(key), createdBy: accountId }, at);
      log.info("rights.changed", { effect: "key.change", made: made.id, scopes: made.scopes });
      const createdBy = { id: accountId, name: caller.account.name };
      return { ...keyOf({ ...made, createdBy, createdAt: at, usedAt: null }, true), key };
    }),

    route({
      method: "GET",
      path: "/v1/keys",
      tag: "tenants",
      summary: "List API keys, newest first",
      access: "admin",
      query: pagedBy(Position),
      answer: ApiKeyPage,
    }, async ({ caller, query: { limit, cursor } }) => {
      const { tenantId } = readerOf(caller);
      const keys = await listApiKeys(db, tenantId, { after: cursor, count: limit + 1 });
      return pageFrom(
        keys,
        limit,
        (key) => keyOf(key, isKeyGood(key, now())),
        ({ createdAt, id }) => [createdAt, id],
      );
    }),

    route({
      method: "DELETE",
      path: "/v1/keys/{key}",
      tag: "tenants",
      summary: "Delete an API key",
      description: "Takes effect from the next request on.",
      access: "admin",
      params: { key: ApiKeyId },
    }, async ({ caller, params }) => {
      requireEffect(bearerOf(caller), "key.change");
      if (!await deleteApiKey(db, readerOf(caller).tenantId, params.key)) throw unknown("key");
      log.info("rights.changed", { effect: "key.change", deleted: params.key });
    }),
  ];
}

function isKeyGood({ expiresAt, makerWays }: ApiKeyRecord, now: number): boolean {
  return (expiresAt === null || expiresAt > now) && isOpen("apiKey", makerWays, now);
}

function keyOf(
  { id, name, createdBy, createdAt, expiresAt, usedAt, scopes }: Omit<ApiKeyRecord, "makerWays">,
  isGood: boolean,
): ApiKey {
  return {
    id,
    name,
    createdBy,
    isGood,
    scopes: [...scopes],
    createdAt: timeOf(createdAt),
    expiresAt: timeOf(expiresAt),
    usedAt: timeOf(usedAt),
  };
}
