import type { ParticipantId } from "@tafelrunde/protocol";
import type { Reaction } from "@tafelrunde/protocol/features/reaction/reactions";
import { createSignal, onCleanup } from "solid-js";
import type { Call } from "../../call/api.ts";
import { after } from "../../call/timer.ts";

/** How long a reaction stays on the screen, ms. */
const REACTION_MS = 4_000;

/** Most reactions on the screen at once; an older one makes room. */
const MAX_REACTIONS = 24;

/** A reaction on the screen, for a moment. */
export interface ShownReaction {
  readonly key: number;
  readonly participantId: ParticipantId;
  readonly reaction: Reaction;
}

const [shown, setShown] = createSignal<readonly ShownReaction[]>([]);

/** Reactions on the screen now, the newest last. */
export { shown };

/** Shows what everyone reacts with, until the owner ends. */
export function createShownReactions(call: Call): void {
  const life = new AbortController();
  onCleanup(() => {
    life.abort();
    setShown([]);
  });
  call.listen({
    message(message) {
      if (message.type !== "reaction") return;
      const { participantId, reaction } = message;
      // An empty list means that all earlier ones have expired.
      const key = (shown().at(-1)?.key ?? 0) + 1;
      setShown((before) => [...before, { key, participantId, reaction }].slice(-MAX_REACTIONS));
      after(REACTION_MS, () => setShown((now) => now.filter((one) => one.key !== key)), life.signal);
    },
  }, life.signal);
}
