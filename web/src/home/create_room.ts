import { MAX_ROOM_NAME } from "@tafelrunde/protocol";
import { RoomCreated } from "@tafelrunde/protocol/http";
import * as v from "valibot";

/** How long a person should wait for a room, ms. */
const DEADLINE_MS = 10_000;

/** Why there is no room: no answer at all, too many asking, or anything else. */
export type CreateFailure = "offline" | "busy" | "fault";

/** Asks the server for a new room; `name` is trimmed and may be empty. Never rejects. */
export async function createRoom(name: string): Promise<RoomCreated | CreateFailure> {
  try {
    const answer = await fetch("/v1/rooms", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: name.trim().slice(0, MAX_ROOM_NAME) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (answer.status === 429 || answer.status === 503) return "busy";
    if (!answer.ok) return "fault";
    return v.parse(RoomCreated, await answer.json());
  } catch (cause) {
    if (cause instanceof v.ValiError || cause instanceof SyntaxError) return "fault";
    return "offline"; // fetch: TypeError without a network, TimeoutError after the deadline
  }
}
