import * as v from "valibot";
import { strictObject } from "../object.ts";
import { TenantName } from "./reference.ts";

/** The secret of a link by which somebody says whether they want mails: two hashes and the id of a tenant. */
export const MailSecret = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}[a-z2-7]{16}$/));

/** Which mails are stopped: none, those of the tenant whose mail it was, those of all tenants here. */
export const MailStop = v.picklist(["none", "tenant", "all"]);
export type MailStop = v.InferOutput<typeof MailStop>;

/** POST /v1/mails/wishes, by who has the secret of the mail (`/stop#{secret}`). Without `stop` it only reads. */
export const MailWish = strictObject({ secret: MailSecret, stop: v.optional(MailStop) });

/** 200 of POST /v1/mails/wishes */
export const MailWishes = strictObject({
  /** The tenant whose mail it was. */
  tenant: TenantName,
  stop: MailStop,
});
export type MailWishes = v.InferOutput<typeof MailWishes>;
