import type { EdgeId, RoomId } from "@tafelrunde/protocol";
import { guarded, warnOf } from "../faults.ts";
import type { Log } from "../log.ts";
import type { Db } from "../store/schema.ts";
import { addMinutes } from "../store/usage.ts";
import type { OpenRoom, RoomSession } from "./rooms.ts";

/** How often what people spend in rooms is counted, ms. */
const COUNT_MS = 60_000;

/** What counting needs of the edge. */
export interface MinuteContext {
  readonly db: Db;
  readonly edgeId: EdgeId;
  readonly log: Log;
  readonly now: () => number;
}

/** How many people are in each room over this edge. Each edge counts its own; who is away counts nowhere. */
export function peopleHere<Session extends RoomSession>(
  rooms: Iterable<OpenRoom<Session>>,
  edgeId: EdgeId,
): Map<RoomId, number> {
  const people = new Map<RoomId, number>();
  for (const { room: { id, state } } of rooms) {
    const here = Object.values(state.participants)
      .filter((one) => one.presence === "here" && one.edgeId === edgeId).length;
    if (here > 0) people.set(id, here);
  }
  return people;
}

/** Counts a minute of each person's, once a minute, against their room's tenant. A minute that the database does not take is nobody's. */
export function startMinutes<Session extends RoomSession>(
  { db, edgeId, log, now }: MinuteContext,
  rooms: { readonly openRooms: Iterable<OpenRoom<Session>> },
): Disposable {
  const count = () =>
    addMinutes(db, peopleHere(rooms.openRooms, edgeId), now())
      .catch((error) => warnOf(log, "minutes.lost", error));
  const timer = setInterval(guarded(log, "job", count), COUNT_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
