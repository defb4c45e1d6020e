import * as v from "valibot";

/** An account's role in its tenant. Admin: manages the tenant's people, keys and limits. */
export const AccountRole = v.picklist(["member", "admin"]);
export type AccountRole = v.InferOutput<typeof AccountRole>;
