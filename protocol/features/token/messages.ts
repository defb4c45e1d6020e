import * as v from "valibot";
import { ParticipantId, TokenId } from "../../ids.ts";
import { TOKEN_KINDS } from "../../kinds.ts";
import { command, event, Instant } from "../../message.ts";
import { MAX_TOKEN_MS, MIN_TOKEN_MS } from "./limits.ts";

const kind = v.picklist(TOKEN_KINDS);

export const messages = {
  commands: {
    /** Makes a token by which one phone, ingest or recorder takes part. */
    "token.make": command("token.make", {
      /** Made by the client: 80 random bits. */
      tokenId: TokenId,
      kind,
      /** The name in the list of participants. */
      name: v.string(),
      /** SHA-256 of the token's secret, hex. The client makes the secret and keeps it. */
      hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      /** How long somebody can join by it. */
      lastsMs: v.pipe(v.number(), v.integer(), v.minValue(MIN_TOKEN_MS), v.maxValue(MAX_TOKEN_MS)),
    }),
    /** Ends a token, and removes who came by it. */
    "token.revoke": command("token.revoke", { tokenId: TokenId }),
  },
  events: {
    "token.made": event("token.made", {
      tokenId: TokenId,
      participantId: ParticipantId,
      kind,
      name: v.string(),
      hash: v.string(),
      expiresAt: Instant,
    }),
    "token.revoked": event("token.revoked", { tokenId: TokenId }),
  },
  up: {},
  down: {},
  settings: {},
  rest: {},
};
