import { type DownOf, type RoomState, withoutModerators } from "@tafelrunde/protocol";
import { lobbyOf } from "./enter.ts";

/** Most states whose frames are kept: those of rooms that many come into, or lag in, at once. */
const MAX_KEPT = 32;

/** Frames by state; states never change, so a frame is good for as long as its state is the room's. */
const kept = new Map<RoomState, { readonly [audience in "everyone" | "moderators"]?: string }>();

/** What lobbies are told of a state, as frames. */
const lobbies = new WeakMap<RoomState, string>();

/** What everybody in the lobby is told of a state, as a frame: made once for all of them. */
export function lobbyFrame(state: RoomState): string {
  const known = lobbies.get(state);
  if (known !== undefined) return known;
  const frame = JSON.stringify({ type: "lobby", lobby: lobbyOf(state) } satisfies DownOf<"lobby">);
  lobbies.set(state, frame);
  return frame;
}

/** The snapshot of a state, as far as it is for a reader. */
export function snapshotOf(state: RoomState, isModerator: boolean): DownOf<"snapshot"> {
  return { type: "snapshot", state: { ...isModerator ? state : withoutModerators(state) } };
}

/** The same as a frame: made once for all readers who may see the same. */
export function snapshotFrame(state: RoomState, isModerator: boolean): string {
  const audience = isModerator ? "moderators" : "everyone";
  const frames = kept.get(state) ?? {};
  const frame = frames[audience] ?? JSON.stringify(snapshotOf(state, isModerator));
  kept.delete(state);
  kept.set(state, { ...frames, [audience]: frame });
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
  return frame;
}
