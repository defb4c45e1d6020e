import type { RoomCreated } from "@tafelrunde/protocol/http";
import { parseRoute, roomPath } from "../ui/route.ts";

/** How long a person should wait for a room, ms. */
const DEADLINE_MS = 10_000;

/** Why there is no room: no answer at all, too many asking, or anything else. */
export type CreateFailure = "offline" | "busy" | "fault";

/** What came of asking for a room. */
export type CreateAnswer = { readonly path: string } | { readonly failure: CreateFailure };

/** Asks the server for a new room and gives its path; `name` is trimmed; it may be empty, and has MAX_ROOM_NAME characters at most. Never rejects. */
export async function createRoom(name: string): Promise<CreateAnswer> {
  try {
    const answer = await fetch("/v1/rooms", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: name.trim() }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (answer.status === 429 || answer.status === 503) return { failure: "busy" };
    if (!answer.ok) return { failure: "fault" };
    const { room, link } = await answer.json() as RoomCreated;
    const path = roomPath(room, link);
    return parseRoute(new URL(path, location.origin)).page === "room" ? { path } : { failure: "fault" };
  } catch (cause) {
    // fetch rejects with TypeError without a network, TimeoutError after the deadline; SyntaxError is an answer that is not JSON.
    return { failure: cause instanceof SyntaxError ? "fault" : "offline" };
  }
}
