import type { Stood } from "./api.ts";

/**
 * Returns the sources that were on when a page of this tab last noted it (`then`), and that others have muted
 * or ended since: in what the room still had (`ended`), they are missing or muted. A microphone is muted and
 * never ended: if it is missing, an earlier hello of this page has ended everything, and nothing is known.
 */
export function stoppedSince(then: Stood["muted"], ended: Stood["muted"]): ("microphone" | "camera")[] {
  if (then.microphone !== undefined && ended.microphone === undefined) return [];
  return (["microphone", "camera"] as const).filter((source) =>
    then[source] === false && ended[source] !== false
  );
}
