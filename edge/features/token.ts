import { isRefusal, type ParticipantId, refuse } from "@tafelrunde/protocol";
import { MAX_TOKENS } from "@tafelrunde/protocol/features/token/limits";
import type { EdgeFeature, EventDraft } from "../feature.ts";
import { WITH_THE_LOG } from "../retention_row.ts";
import { nameOf } from "../participant_name.ts";

export const token = {
  commands: {
    "token.make": {
      adds: "text",
      decide({ tokenId, kind, name: wished, hash, lastsMs }, { slice, state, self, at }) {
        const name = nameOf(wished);
        if (isRefusal(name)) return name;
        const isUsed = slice[tokenId] !== undefined ||
          Object.values(state.participants).some(({ token }) => token === tokenId);
        if (isUsed) return refuse("token.idTaken");
        if (Object.values(slice).filter(({ expiresAt }) => expiresAt > at).length >= MAX_TOKENS) {
          return refuse("token.tooMany");
        }
        const expiresAt = at + lastsMs;
        return [{ type: "token.made", tokenId, participantId: self, kind, name, hash, expiresAt }];
      },
    },
    "token.revoke": {
      adds: "nothing",
      decide({ tokenId }, { slice, state }) {
        if (slice[tokenId] === undefined) return refuse("token.unknown");
        const inside = Object.values(state.participants).filter(({ token }) => token === tokenId);
        const left = inside.map(({ id }): EventDraft => removed(id));
        return [{ type: "token.revoked", tokenId }, ...left];
      },
    },
  },
  up: {},
  retention: [{
    what:
      "A token for a phone, a stream or a recording: its name and kind, who made it, until when it is valid, and the SHA-256 of its secret",
    ...WITH_THE_LOG,
  }],
} satisfies EdgeFeature<"token">;

function removed(participantId: ParticipantId): EventDraft {
  return { type: "participant.left", participantId, reason: "removed" };
}
