import type { Stood } from "./api.ts";

/**
 * Of what was on when a page of this tab last noted it (`then`), what somebody else has muted or ended since: of what the room
 * still had (`ended`), it is missing or muted. A microphone is muted and never ended: where it is missing, an earlier hello of
 * this page has ended everything, and nothing is known.
 */
export function stoppedSince(then: Stood["muted"], ended: Stood["muted"]): ("microphone" | "camera")[] {
  if (then.microphone !== undefined && ended.microphone === undefined) return [];
  return (["microphone", "camera"] as const).filter((source) =>
    then[source] === false && ended[source] !== false
  );
}
