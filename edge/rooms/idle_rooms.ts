import type { RoomId } from "@tafelrunde/protocol";
import { type AddressKey, networksOf } from "../network_address.ts";

/** Rooms that an edge keeps in memory although nobody is in them by it. */
export const IDLE_ROOMS = 400;

/** Those of them that one address has had read. */
export const IDLE_ROOMS_OF_ADDRESS = 50;

/** Most of them that a wider network of addresses has. */
const IDLE_ROOMS_OF_NETWORK = IDLE_ROOMS / 2;

/** The rooms in memory that are held for nobody's sake, and which of them have to go when there are too many. */
export class IdleRooms {
  /** Their readers' networks; what was asked for longest ago first. */
  readonly #networks = new Map<RoomId, ReturnType<typeof networksOf>>();

  has(id: RoomId): boolean {
    return this.#networks.has(id);
  }

  /** `address`: where it was asked for when it was read; undefined: this edge wanted it. */
  add(id: RoomId, address: AddressKey | undefined): void {
    this.#networks.delete(id);
    this.#networks.set(id, address === undefined ? [] : networksOf(address));
  }

  delete(id: RoomId): void {
    this.#networks.delete(id);
  }

  /** Takes out what is in use meanwhile where there are too many, and gives those of the others that have to go. */
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
