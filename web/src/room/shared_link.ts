import { readLinkForAll } from "../api/rooms.ts";
import { useCall, useMeetingUrl } from "./call_context.ts";
import { useRights } from "./rights.ts";

/** The link to share: from the address, or to be requested; undefined: there is none for this person. */
export type SharedLink = string | (() => Promise<string | undefined>) | undefined;

/**
 * The link that may be shared with everyone. The one in the address can be a credential: with a role, an
 * expiry, or made for this person. People who lead the room by their account get the link for everyone
 * instead. Read it in JSX: it changes.
 */
export function useSharedLink(): () => SharedLink {
  const call = useCall();
  const url = useMeetingUrl();
  const rights = useRights();
  return () => {
    if (call.view.isLinkForAll) return url;
    if (call.view.account === null || !rights.moderates()) return undefined;
    return async () => {
      const answer = await readLinkForAll(call.view.roomId);
      return answer.ok ? answer.value.url : undefined;
    };
  };
}
