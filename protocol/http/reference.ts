import * as v from "valibot";
import { AccountId, TenantId } from "../ids.ts";
import { strictObject } from "../object.ts";

/** An account that something else refers to. */
export const AccountReference = strictObject({
  id: AccountId,
  /** What they are called. */
  name: v.string(),
});

/** The same, with the address. */
export const AccountContact = strictObject({
  ...AccountReference.entries,
  /** Their address; null: none is known. */
  email: v.nullable(v.string()),
});

/** A tenant that something else refers to. */
export const TenantReference = strictObject({
  id: TenantId,
  /** What it is called. */
  name: v.string(),
});

/** A tenant, for who need not know which. */
export const TenantName = strictObject({ name: TenantReference.entries.name });
