import * as v from "valibot";
import { strictObject } from "../object.ts";
import { TenantName } from "./reference.ts";

/** Secret of a link to mail preferences: two hashes and a tenant id. */
export const MailSecret = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}[a-z2-7]{16}$/));

/**
 * Which mails are stopped: none, those of the tenant that sent the mail, or those of all tenants of this
 * installation.
 */
export const MailStop = v.picklist(["none", "tenant", "all"]);
export type MailStop = v.InferOutput<typeof MailStop>;

/** POST /v1/mails/wishes, with the secret from a mail (`/stop#{secret}`). Without `stop` it only reads. */
export const MailWish = strictObject({ secret: MailSecret, stop: v.optional(MailStop) });

/** 200 of POST /v1/mails/wishes */
export const MailWishes = strictObject({
  /** The tenant that sent the mail. */
  tenant: TenantName,
  stop: MailStop,
});
export type MailWishes = v.InferOutput<typeof MailWishes>;
