import type { RefusalCode } from "@tafelrunde/protocol";
import type { Words } from "./en.ts";
import type { RoomWords } from "./en_room.ts";
import { roomWords, words } from "./language.ts";

/**
 * The text of a refusal; all missing rights share one sentence. Read it in JSX: it changes with the language.
 */
export function refusalText(code: RefusalCode): string {
  if (isSaidAnywhere(code)) return words().refused[code];
  return isSaidInRoom(code) ? roomWords().refused[code] : words().notAllowed;
}

function isSaidAnywhere(code: RefusalCode): code is keyof Words["refused"] {
  return Object.hasOwn(words().refused, code);
}

/** Refusals that only participants in the meeting can get; their words load with the meeting. */
function isSaidInRoom(code: RefusalCode): code is keyof RoomWords["refused"] {
  return !code.endsWith(".notAllowed");
}
