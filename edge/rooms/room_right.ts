import { moderates, type Role } from "@tafelrunde/protocol";
import { DomainError } from "../errors.ts";

/**
 * Access to a room: reading it, seeing its links, managing it (settings, links, members), or owning it (give
 * away, delete).
 */
export type RoomRight = "read" | "inspect" | "lead" | "own";

/** Throws `room.notAllowed` if the role is too low. `role`: the caller's role in the room; null: none. */
export function requireRight(role: Role | null, right: RoomRight): void {
  const isAllowed = role !== null &&
    (right === "read" || (right === "own" ? role === "owner" : moderates(role)));
  if (!isAllowed) throw new DomainError("room.notAllowed");
}
