import type { RoomId } from "@tafelrunde/protocol";
import { MIN_OPTIONS } from "@tafelrunde/protocol/features/poll/limits";
import { createRoot, createSignal, type Signal } from "solid-js";

/** How long a poll lasts, minutes; "never": until a moderator ends it. */
export type Lasts = "never" | "1" | "5" | "15";

/** A poll before it is started. */
export interface Draft {
  readonly question: string;
  readonly options: readonly string[];
  readonly isMultiple: boolean;
  readonly results: "live" | "end";
  readonly names: "named" | "hidden";
  readonly lasts: Lasts;
}

const EMPTY: Draft = {
  question: "",
  options: Array.from({ length: MIN_OPTIONS }, () => ""),
  isMultiple: false,
  results: "live",
  names: "named",
  lasts: "never",
};

let kept: { readonly roomId: RoomId; readonly draft: Signal<Draft | undefined> } | undefined;

/**
 * The draft of this room's next poll, which outlives the panel; undefined: nobody writes one. Drafts of
 * earlier rooms are discarded.
 */
export function draftOf(roomId: RoomId): Signal<Draft | undefined> {
  if (kept?.roomId !== roomId) {
    kept = { roomId, draft: createRoot(() => createSignal<Draft>()) };
  }
  return kept.draft;
}

/** A new draft. */
export function newDraft(): Draft {
  return EMPTY;
}

/** What starts the poll of a draft. */
export function commandOf({ lasts, question, options, ...kind }: Draft) {
  return {
    type: "poll.open",
    ...kind,
    question: { text: question },
    options: options.map((option) => option.trim()).filter((option) => option !== "").map((text) => ({
      text,
    })),
    lastsMs: lasts === "never" ? null : Number(lasts) * 60_000,
  } as const;
}
