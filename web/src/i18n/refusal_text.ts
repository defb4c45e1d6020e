import type { RefusalCode, RightRefusal } from "@tafelrunde/protocol";
import { words } from "./language.ts";

/** Why something was refused, in words. Read it in JSX: it changes with the language. */
export function refusalText(code: RefusalCode): string {
  return isRightRefusal(code) ? words().notAllowed : words().refused[code];
}

function isRightRefusal(code: RefusalCode): code is RightRefusal {
  return code.endsWith(".notAllowed");
}
