import { may, moderates, type Right, type Role } from "@tafelrunde/protocol";
import { useCall } from "./call_context.ts";
import { ownRole } from "./core_rights.ts";

/** The role and rights of this page's person. Read it in JSX: it changes. */
export interface OwnRights {
  readonly role: () => Role;
  readonly may: (right: Right) => boolean;
  readonly moderates: () => boolean;
}

/** The rights of this page's person. Throws outside of a call. */
export function useRights(): OwnRights {
  const call = useCall();
  const role = () => ownRole(call.view);
  return {
    role,
    may: (right) => may(right, { role: role() }, call.view.state.room.settings),
    moderates: () => moderates(role()),
  };
}
