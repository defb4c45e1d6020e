import { type DownOf, type Reader, type RoomState, visibleSlices, visibleTo } from "@tafelrunde/protocol";
import { lobbyOf } from "./admission/enter.ts";

/** Most states whose frames are cached: those of rooms that many clients enter, or lag in, at once. */
const MAX_KEPT = 32;

/** Most frames of one state: readers differ in their role, and in what is for them alone. */
const MAX_OF_STATE = 4;

/** What some readers see of a state, and its frame. */
interface Seen<Visible> {
  readonly visible: Visible;
  readonly frame: string;
}

/** Frames by state. States are immutable, so a frame is valid as long as its state is the room's. */
type Kept<Visible> = Map<RoomState, readonly Seen<Visible>[]>;

const snapshots: Kept<RoomState> = new Map();
const slices: Kept<ReturnType<typeof visibleSlices>> = new Map();

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
  return frameOnce(snapshots, state, visible, () => JSON.stringify({ type: "snapshot", state: visible }));
}

/** What depends on the reader's space, as a frame, made once for all readers who see the same. */
export function slicesFrame(state: RoomState, reader: Reader): string {
  const visible = visibleSlices(state, reader);
  const { seq } = state;
  return frameOnce(slices, state, visible, () => JSON.stringify({ type: "slices", seq, slices: visible }));
}

function frameOnce<Visible extends object>(
  kept: Kept<Visible>,
  state: RoomState,
  visible: Visible,
  make: () => string,
): string {
  const seen = kept.get(state) ?? [];
  const same = seen.find((one) => isSame(one.visible, visible));
  const { frame } = same ?? { frame: make() };
  kept.delete(state);
  kept.set(state, same === undefined ? [...seen, { visible, frame }].slice(-MAX_OF_STATE) : seen);
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
  return frame;
}

/** Whether two views of one state have the same parts. */
function isSame<Visible extends object>(one: Visible, other: Visible): boolean {
  return (Object.keys(one) as (keyof Visible)[]).every((name) => one[name] === other[name]);
}
