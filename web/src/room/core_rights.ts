import type { CoreRight, Role } from "@tafelrunde/protocol";
import { CORE_RIGHTS, isGranted } from "@tafelrunde/protocol/client";
import type { CallView } from "../call/api.ts";

/** The role of this page's person. */
export function ownRole({ you, state }: CallView): Role {
  return (you && state.participants[you]?.role) || "viewer";
}

/** Whether this page's person has a right of the core: the lobby loads no rights of features. */
export function mayOfCore(view: CallView, right: CoreRight): boolean {
  return isGranted(CORE_RIGHTS[right], { role: ownRole(view) }, view.state.room.settings);
}
