import * as v from "valibot";
import { AccountId, TenantId } from "../ids.ts";
import { strictObject } from "../object.ts";

/** Reference to an account. */
export const AccountReference = strictObject({
  id: AccountId,
  /** The account's name. */
  name: v.string(),
});

/** Reference to an account, with its email address. */
export const AccountContact = strictObject({
  ...AccountReference.entries,
  /** The account's email address; null: none is known. */
  email: v.nullable(v.string()),
});

/** Reference to a tenant. */
export const TenantReference = strictObject({
  id: TenantId,
  /** The tenant's name. */
  name: v.string(),
});

/** A tenant without its id. */
export const TenantName = strictObject({ name: TenantReference.entries.name });
