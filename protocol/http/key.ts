import * as v from "valibot";
import { ApiKeyId } from "../ids.ts";
import { pageOf } from "./page.ts";
import { Scope, SCOPES } from "./scope.ts";
import { line, Time } from "./text.ts";
import { list, strictObject } from "../object.ts";
import { AccountReference } from "./reference.ts";

/** Most API keys per tenant. */
export const MAX_KEYS = 200;

/** POST /v1/keys */
export const CreateKey = strictObject({
  /** What the key is for: "the school's timetable". */
  name: line(80, 1),
  /** What the key may do. */
  scopes: list(Scope, SCOPES.length, 1),
  /**
   * When the key expires; null: it is valid until it is deleted or the admin who created it is no longer an
   * admin.
   */
  expiresAt: v.optional(v.nullable(Time), null),
});

/** An API key, without its secret. */
export const ApiKey = strictObject({
  id: ApiKeyId,
  /** What the key is for. */
  name: v.string(),
  /** What the key may do. */
  scopes: v.array(Scope),
  /** The account that created it; null: the account was deleted. */
  createdBy: v.nullable(AccountReference),
  createdAt: Time,
  expiresAt: v.nullable(Time),
  /** When it was last used, to the hour; null: never. */
  usedAt: v.nullable(Time),
  /**
   * Whether the key works. False: it has expired; or its creator is no longer an admin, is disabled or
   * deleted; or its creator signs in only through an identity provider and has not done so for 90 days.
   */
  isGood: v.boolean(),
});
export type ApiKey = v.InferOutput<typeof ApiKey>;

/** GET /v1/keys, newest first. */
export const ApiKeyPage = pageOf(ApiKey);

/** 201 of POST /v1/keys. `key` is shown only this once; send it as `Authorization: Bearer`. */
export const KeyCreated = strictObject({
  ...ApiKey.entries,
  /** The key itself: `tafelrunde_…`. */
  key: v.string(),
});
