import type { RoomId } from "@tafelrunde/protocol";
import { type AddressKey, networksOf } from "../network_address.ts";

/** Most rooms that an edge keeps in memory without participants on it. */
export const IDLE_ROOMS = 400;

/** Most of them that one address can have caused to be loaded. */
export const IDLE_ROOMS_OF_ADDRESS = 50;

/** Most of them for a wider network of addresses. */
const IDLE_ROOMS_OF_NETWORK = IDLE_ROOMS / 2;

/** Rooms in memory that nobody uses, and which of them to drop when there are too many. */
export class IdleRooms {
  /** The networks that caused each room to be loaded; the least recently requested room is first. */
  readonly #networks = new Map<RoomId, ReturnType<typeof networksOf>>();

  has(id: RoomId): boolean {
    return this.#networks.has(id);
  }

  /** `address`: the client for which the room was loaded; undefined: this edge itself. */
  add(id: RoomId, address: AddressKey | undefined): void {
    this.#networks.delete(id);
    this.#networks.set(id, address === undefined ? [] : networksOf(address));
  }

  delete(id: RoomId): void {
    this.#networks.delete(id);
  }

  /** Removes rooms that are in use again, and returns those to drop. */
  takeSurplus(isInUse: (id: RoomId) => boolean): RoomId[] {
    const newest = [...this.#networks.values()].at(-1) ?? [];
    return [
      ...newest.flatMap(({ key, times }) =>
        this.#take(
          [...this.#networks].flatMap(([id, networks]) =>
            networks.some((one) => one.key === key) ? [id] : []
          ),
          Math.min(IDLE_ROOMS_OF_ADDRESS * times, IDLE_ROOMS_OF_NETWORK),
          isInUse,
        )
      ),
      ...this.#take([...this.#networks.keys()], IDLE_ROOMS, isInUse),
    ];
  }

  #take(rooms: readonly RoomId[], bound: number, isInUse: (id: RoomId) => boolean): RoomId[] {
    if (rooms.length <= bound) return [];
    const idle: RoomId[] = [];
    for (const id of rooms) {
      if (isInUse(id)) this.#networks.delete(id);
      else idle.push(id);
    }
    const surplus = idle.slice(0, Math.max(0, idle.length - bound));
    for (const id of surplus) this.#networks.delete(id);
    return surplus;
  }
}
