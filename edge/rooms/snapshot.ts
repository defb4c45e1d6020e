import { type DownOf, type Reader, type RoomState, visibleTo } from "@tafelrunde/protocol";
import { lobbyOf } from "./admission/enter.ts";

/** Most states whose frames are cached: those of rooms that many clients enter, or lag in, at once. */
const MAX_KEPT = 32;

/** Most frames of one state: readers differ in their role, and in what is for them alone. */
const MAX_OF_STATE = 4;

/** A state as some readers see it, and its frame. */
interface Seen {
  readonly visible: RoomState;
  readonly frame: string;
}

/** Frames by state. States are immutable, so a frame is valid as long as its state is the room's. */
const kept = new Map<RoomState, readonly Seen[]>();

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
export function snapshotOf(state: RoomState, reader: Reader): DownOf<"snapshot"> {
  return { type: "snapshot", state: { ...visibleTo(state, reader) } };
}

/** The snapshot as a frame, made once for all readers who see the same. */
export function snapshotFrame(state: RoomState, reader: Reader): string {
  const visible = visibleTo(state, reader);
  const seen = kept.get(state) ?? [];
  const same = seen.find((one) => isSame(one.visible, visible));
  const { frame } = same ?? { frame: JSON.stringify({ type: "snapshot", state: visible }) };
  kept.delete(state);
  kept.set(state, same === undefined ? [...seen, { visible, frame }].slice(-MAX_OF_STATE) : seen);
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
  return frame;
}

/** Whether two views of one state have the same parts. */
function isSame(one: RoomState, other: RoomState): boolean {
  return (Object.keys(one) as (keyof RoomState)[]).every((name) => one[name] === other[name]);
}
