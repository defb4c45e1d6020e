import { ApiKeyId, newRowId } from "@tafelrunde/protocol";
import { ApiKey, ApiKeyPage, CreateKey, KeyCreated, MAX_KEYS } from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { API_KEY_PREFIX, hashSecret, newSecret } from "../identity/secret.ts";
import {
  type ApiKeyRecord,
  countApiKeys,
  deleteApiKey,
  insertApiKey,
  listApiKeys,
} from "../store/api_key.ts";
import { pagedBy, pageFrom } from "./paging.ts";
import { fieldProblem, ProblemError, unknown } from "./problem.ts";
import { readerOf } from "./room_access.ts";
import { type Route, route } from "./route.ts";
import type { Service } from "./serve_route.ts";
import { timeOf } from "./time.ts";

/** Where a page of keys ends: created at (ms), id. */
const Position = v.tuple([v.pipe(v.number(), v.safeInteger(), v.minValue(0)), ApiKeyId]);

/** /v1/keys: a tenant's API keys. No key makes, lists or deletes keys: people do. */
export function keyRoutes({ db, now }: Service): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/keys",
      tag: "tenants",
      summary: "Make an API key",
      access: "admin",
      body: CreateKey,
      answer: KeyCreated,
      status: 201,
      problems: { "tenant.keysSpent": 409 },
    }, async ({ caller, body }) => {
      const { tenantId, accountId } = readerOf(caller);
      const at = now();
      const expiresAt = body.expiresAt === null ? null : Date.parse(body.expiresAt);
      if (expiresAt !== null && expiresAt <= at) {
        throw fieldProblem({ in: "body", name: "expiresAt", reason: "past" });
      }
      if (caller.kind !== "account" || accountId === null) throw new ProblemError(403, "key.notAllowed");
      if (await countApiKeys(db, tenantId) >= MAX_KEYS) {
        throw new ProblemError(409, "tenant.keysSpent", `A tenant has at most ${MAX_KEYS} API keys.`);
      }
      const key = `${API_KEY_PREFIX}${newSecret()}`;
      const made = {
        id: newRowId() as ApiKeyId,
        name: body.name,
        scopes: [...new Set(body.scopes)],
        expiresAt,
      };
      await insertApiKey(db, { ...made, tenantId, hash: await hashSecret(key), createdBy: accountId }, at);
      const createdBy = { id: accountId, name: caller.account.name };
      return { ...keyOf({ ...made, createdBy, createdAt: at, usedAt: null }), key };
    }),

    route({
      method: "GET",
      path: "/v1/keys",
      tag: "tenants",
      summary: "List API keys, the newest first",
      access: "admin",
      query: pagedBy(Position),
      answer: ApiKeyPage,
    }, async ({ caller, query: { limit, cursor } }) => {
      const { tenantId } = readerOf(caller);
      const keys = await listApiKeys(db, tenantId, { after: cursor, count: limit + 1 });
      return pageFrom(keys, limit, keyOf, ({ createdAt, id }) => [createdAt, id]);
    }),

    route({
      method: "DELETE",
      path: "/v1/keys/{key}",
      tag: "tenants",
      summary: "Delete an API key",
      description: "It is good for nothing from the next request on.",
      access: "admin",
      params: { key: ApiKeyId },
    }, async ({ caller, params }) => {
      if (!await deleteApiKey(db, readerOf(caller).tenantId, params.key)) throw unknown("key");
    }),
  ];
}

function keyOf({ createdAt, expiresAt, usedAt, scopes, ...key }: ApiKeyRecord): ApiKey {
  return {
    ...key,
    scopes: [...scopes],
    createdAt: timeOf(createdAt),
    expiresAt: timeOf(expiresAt),
    usedAt: timeOf(usedAt),
  };
}
