import * as v from "valibot";
import type { IdentityContext } from "../../context.ts";

/** A provider's tokens for a session. The edge sends them to nobody but the provider. */
const Tokens = v.object({
  idToken: v.optional(v.string()),
  refreshToken: v.optional(v.string()),
  toldAt: v.optional(v.number()),
});
export interface Tokens {
  readonly idToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** When the provider last said more about the person than that it allows them in, ms. */
  readonly toldAt?: number | undefined;
}

/** Context of sealed tokens. */
const CONTEXT = "oidc tokens";

/** The tokens as stored in the database. */
export function sealTokens({ sealer }: Pick<IdentityContext, "sealer">, tokens: Tokens): Promise<string> {
  return sealer.seal(JSON.stringify(tokens), CONTEXT);
}

/** Opens the result of `sealTokens`; empty if the key has changed since. */
export async function openTokens(
  { sealer }: Pick<IdentityContext, "sealer">,
  sealed: string,
): Promise<Tokens> {
  const text = await sealer.open(sealed, CONTEXT).catch(() => "{}");
  return v.parse(Tokens, JSON.parse(text));
}
