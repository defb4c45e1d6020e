import type { EdgeContext } from "../context.ts";
import { type EdgeId, personsIn, type RoomId } from "@tafelrunde/protocol";
import { guarded } from "@tafelrunde/protocol/process/faults";
import { warnOf } from "../store/unavailable.ts";
import { addMinutes } from "../store/usage.ts";
import type { OpenRoom, RoomSession } from "./rooms.ts";

/** Interval at which participant minutes are counted, ms. */
const COUNT_MS = 60_000;

/**
 * People in each room who are connected through this edge, with the first of their devices that is connected.
 * Each edge counts its own; people who are away are not counted, nor are machines.
 */
export function peopleHere<Session extends RoomSession>(
  rooms: Iterable<OpenRoom<Session>>,
  edgeId: EdgeId,
): Map<RoomId, number> {
  const people = new Map<RoomId, number>();
  for (const { room: { id, state } } of rooms) {
    const here = [...personsIn(state.participants).values()]
      .filter((devices) => devices.find(({ presence }) => presence === "here")?.edgeId === edgeId).length;
    if (here > 0) people.set(id, here);
  }
  return people;
}

/**
 * Every minute, counts one minute per participant against the room's tenant. A minute that the database does
 * not take is lost.
 */
export function startMinutes<Session extends RoomSession>(
  { db, edgeId, log, now }: Pick<EdgeContext, "db" | "edgeId" | "log" | "now">,
  rooms: { readonly openRooms: Iterable<OpenRoom<Session>> },
): Disposable {
  const count = () =>
    addMinutes(db, peopleHere(rooms.openRooms, edgeId), now())
      .catch((error) => warnOf(log, "minutes.lost", error));
  const timer = setInterval(guarded(log, "job", count), COUNT_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
