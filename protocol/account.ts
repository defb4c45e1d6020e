import * as v from "valibot";

/** What an account may do in its tenant. Admin: looks after the tenant's people, keys and limits. */
export const AccountRole = v.picklist(["member", "admin"]);
export type AccountRole = v.InferOutput<typeof AccountRole>;
