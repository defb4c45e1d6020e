import { type DownOf, type RoomState, withoutModerators } from "@tafelrunde/protocol";
import { lobbyOf } from "./admission/enter.ts";

/** Most states whose frames are cached: those of rooms that many clients enter, or lag in, at once. */
const MAX_KEPT = 32;

/** Frames by state. States are immutable, so a frame is valid as long as its state is the room's. */
const kept = new Map<RoomState, { readonly [audience in "everyone" | "moderators"]?: string }>();

/** Lobby frames by state. */
const lobbies = new WeakMap<RoomState, string>();

/** The lobby frame of a state, made once for all clients. */
export function lobbyFrame(state: RoomState): string {
  const known = lobbies.get(state);
  if (known !== undefined) return known;
  const frame = JSON.stringify({ type: "lobby", lobby: lobbyOf(state) } satisfies DownOf<"lobby">);
  lobbies.set(state, frame);
  return frame;
}

/** The snapshot of a state for a reader. */
export function snapshotOf(state: RoomState, moderates: boolean): DownOf<"snapshot"> {
  return { type: "snapshot", state: { ...moderates ? state : withoutModerators(state) } };
}

/** The snapshot as a frame, made once for all readers with the same rights. */
export function snapshotFrame(state: RoomState, moderates: boolean): string {
  const audience = moderates ? "moderators" : "everyone";
  const frames = kept.get(state) ?? {};
  const frame = frames[audience] ?? JSON.stringify(snapshotOf(state, moderates));
  kept.delete(state);
  kept.set(state, { ...frames, [audience]: frame });
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
  return frame;
}
