import type { ParticipantId, Reaction } from "@tafelrunde/protocol";
import type { SetStoreFunction } from "solid-js/store";
import type { CallView } from "./api.ts";
import type { CallStore } from "./call_view.ts";
import { after } from "./timer.ts";

/** How long a reaction stays on the screen, ms. */
const REACTION_MS = 4_000;

/** Most reactions on the screen at once; an older one makes room. */
const MAX_REACTIONS = 24;

/** Shows a participant's reaction for a moment, until `signal` at the latest. */
export function showReaction(
  view: CallView,
  set: SetStoreFunction<CallStore>,
  reaction: { readonly participantId: ParticipantId; readonly reaction: Reaction },
  signal: AbortSignal,
): void {
  // An empty list means that all earlier ones have expired.
  const key = (view.reactions.at(-1)?.key ?? 0) + 1;
  set("reactions", [...view.reactions, { key, ...reaction }].slice(-MAX_REACTIONS));
  const isOther = (other: { readonly key: number }) => other.key !== key;
  after(REACTION_MS, () => set("reactions", view.reactions.filter(isOther)), signal);
}
