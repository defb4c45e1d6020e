import * as v from "valibot";
import type { Desk } from "../desk.ts";

/** What a provider gave for a session. It never leaves the edge but to the provider. */
const Tokens = v.object({
  idToken: v.optional(v.string()),
  refreshToken: v.optional(v.string()),
  toldAt: v.optional(v.number()),
});
export interface Tokens {
  readonly idToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** When the provider last said more of the person than that it lets them in, ms. */
  readonly toldAt?: number | undefined;
}

/** What sealed tokens are bound to. */
const CONTEXT = "oidc tokens";

/** The tokens as they may stand in the database. */
export function sealTokens({ sealer }: Pick<Desk, "sealer">, tokens: Tokens): Promise<string> {
  return sealer.seal(JSON.stringify(tokens), CONTEXT);
}

/** What `sealTokens` sealed; none, when the key has changed since. */
export async function openTokens({ sealer }: Pick<Desk, "sealer">, sealed: string): Promise<Tokens> {
  const text = await sealer.open(sealed, CONTEXT).catch(() => "{}");
  return v.parse(Tokens, JSON.parse(text));
}
