import type { RefusalCode } from "@tafelrunde/protocol";
import { CLOSE } from "@tafelrunde/protocol/client";
import type { CallEnd } from "./api.ts";

/** The page for a person who was refused for good; undefined: they can try again from where they are. */
export function endOfRefusal(code: RefusalCode): CallEnd | undefined {
  switch (code) {
    case "room.unknown":
      return "roomUnknown";
    case "room.full":
    case "room.waitingFull":
      return "roomFull";
    case "room.guestsNotAllowed":
      return "guestsNotAllowed";
    case "room.banned":
      return "banned";
    case "link.revoked":
    case "link.expired":
    case "link.usedUp":
      return "linkOver";
    default:
      return undefined;
  }
}

/** The page for a person whose socket was closed with `code`. */
export function endOfClose(code: number): CallEnd {
  switch (code) {
    case CLOSE.normal.code:
      return "left";
    case CLOSE.roomUnknown.code:
      return "roomUnknown";
    case CLOSE.replaced.code:
      return "replaced";
    case CLOSE.removed.code:
      return "removed";
    case CLOSE.declined.code:
      return "declined";
    case CLOSE.signedOut.code:
      return "signedOut";
    case CLOSE.ended.code:
      return "ended";
    default:
      return "fault";
  }
}
