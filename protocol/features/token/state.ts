import { featureState } from "../../feature.ts";
import type { ParticipantId, TokenId } from "../../ids.ts";
import type { TokenKind } from "../../kinds.ts";
import type { messages } from "./messages.ts";

/** What a phone, an ingest or a recorder takes part by. */
export interface Token {
  readonly id: TokenId;
  readonly kind: TokenKind;
  readonly name: string;
  /** SHA-256 of its secret, hex. */
  readonly hash: string;
  /** The moderator who made it. */
  readonly madeBy: ParticipantId;
  /** Until when somebody can join by it, ms since 1970 UTC. */
  readonly expiresAt: number;
}

/** The room's tokens; expired ones go when the next is made. Empty for everyone but moderators. */
export type Tokens = Readonly<Record<TokenId, Token>>;

const NONE: Tokens = {};

export const token = featureState<typeof messages, Tokens>()({
  since: 4,
  scope: "room",
  empty: NONE,
  rights: { makeTokens: { least: "moderator" } },
  needs: {
    "token.make": () => "makeTokens",
    "token.revoke": () => "makeTokens",
  },
  refusals: [
    /** A token with this id exists, or was used in this meeting. */
    "token.idTaken",
    /** The room has 20 valid tokens. */
    "token.tooMany",
    /** No such token. */
    "token.unknown",
  ],
  evolve: {
    "token.made": (tokens, { tokenId: id, kind, name, hash, participantId: madeBy, expiresAt, at }) => ({
      ...Object.fromEntries(Object.entries(tokens).filter(([, { expiresAt }]) => expiresAt > at)),
      [id]: { id, kind, name, hash, madeBy, expiresAt },
    }),
    "token.revoked": (tokens, { tokenId }) => {
      const { [tokenId]: _revoked, ...rest } = tokens;
      return rest;
    },
  },
  on: { "room.ended": () => NONE },
  audience: {
    "token.made": () => "moderators",
    "token.revoked": () => "moderators",
  },
  visible: (tokens, { moderates }) => moderates ? tokens : NONE,
});
