import * as v from "valibot";
import { ApiKeyId } from "../ids.ts";
import { pageOf } from "./page.ts";
import { Scope, SCOPES } from "./scope.ts";
import { line, Time } from "./text.ts";
import { list, strictObject } from "../object.ts";
import { AccountReference } from "./reference.ts";

/** Most API keys of one tenant. */
export const MAX_KEYS = 200;

/** POST /v1/keys */
export const CreateKey = strictObject({
  /** What it is for: "the school's timetable". */
  name: line(80, 1),
  /** What it may do. */
  scopes: list(Scope, SCOPES.length, 1),
  /** Null: it is good until it is deleted, or its maker is no admin any more. */
  expiresAt: v.optional(v.nullable(Time), null),
});

/** An API key, without its secret. */
export const ApiKey = strictObject({
  id: ApiKeyId,
  /** What it is for. */
  name: v.string(),
  /** What it may do. */
  scopes: v.array(Scope),
  /** Who made it; null: their account is gone. */
  createdBy: v.nullable(AccountReference),
  createdAt: Time,
  expiresAt: v.nullable(Time),
  /** To the hour; null: never. */
  usedAt: v.nullable(Time),
  /**
   * False: it opens nothing. Its term has passed; or who made it is no admin any more, is disabled or deleted; or an identity provider alone lets them
   * in, and has not done so for 90 days.
   */
  isGood: v.boolean(),
});
export type ApiKey = v.InferOutput<typeof ApiKey>;

/** GET /v1/keys, the newest first. */
export const ApiKeyPage = pageOf(ApiKey);

/** 201 of POST /v1/keys. `key` is shown this once: it goes into `Authorization: Bearer`. */
export const KeyCreated = strictObject({
  ...ApiKey.entries,
  /** The key itself: `tafelrunde_…`. */
  key: v.string(),
});
