import type { RoomCreated } from "@tafelrunde/protocol/http";
import { parseRoute, roomPath } from "../ui/route.ts";

/** Timeout of a request, ms. */
const DEADLINE_MS = 10_000;

/** Why no room was created: no answer, too many requests, or anything else. */
export type CreateFailure = "offline" | "busy" | "fault";

/** The outcome of creating a room. */
export type CreateAnswer = { readonly path: string } | { readonly failure: CreateFailure };

/**
 * Creates a room and returns its path; `name` is trimmed and has 0 to MAX_ROOM_NAME characters. Never
 * rejects.
 */
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
    // fetch rejects with TypeError without a network, TimeoutError after the deadline; SyntaxError is an
    // answer that is not JSON.
    return { failure: cause instanceof SyntaxError ? "fault" : "offline" };
  }
}
