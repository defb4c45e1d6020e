import type { RoomId } from "@tafelrunde/protocol";
import type { Call, CallStart } from "./api.ts";
import { createCall } from "./call.ts";
import { callStart, callStartAgain } from "./identity.ts";

let early: { readonly start: CallStart; readonly call: Call } | undefined;

/** Starts the call before there is a page to show it, so that rendering does not delay it. */
export function startEarly(roomId: RoomId): void {
  const start = callStart(roomId, location);
  early = { start, call: createCall(start) };
}

/** The call to the page's room: the one that was started early, once, or else a new one. */
export function startCall(roomId: RoomId): Call {
  const start = callStartAgain(roomId, location);
  const started = early;
  early = undefined;
  if (started?.start.roomId === roomId && started.start.link === start.link) return started.call;
  void started?.call.leave();
  return createCall(start);
}
