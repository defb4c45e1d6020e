import type { RoomContext } from "../context.ts";
import {
  isRefusal,
  type ParticipantId,
  type RoomId,
  type RoomState,
  type TenantId,
} from "@tafelrunde/protocol";
import { type Growth, REPAIR_MS } from "../bus/bus.ts";
import { guarded } from "@tafelrunde/protocol/process/faults";
import { warnOf } from "../store/unavailable.ts";
import { readLiveEdges } from "../store/lease.ts";
import {
  addLoggedBytes,
  countAnonymous,
  findForgottenRooms,
  findRoom,
  type FoundRoom,
  ROOM_BYTES,
  setRoomIdle,
} from "../store/room.ts";
import { readHeads } from "../store/room_log.ts";
import { SerialQueue } from "@tafelrunde/protocol/process/serial_queue";
import type { AddressKey } from "../network_address.ts";
import { Absences } from "./absences.ts";
import { IdleRooms } from "./idle_rooms.ts";
import type { EventFrame } from "./event_frame.ts";
import { type Listener, Room } from "./room.ts";
import { TenantStorage } from "./tenant_storage.ts";

/** How long an unused room stays in memory, ms. */
const UNLOAD_MS = 30_000;

/** Time without events after which participants might have left a room unnoticed, ms. */
const FORGOTTEN_MS = 10 * 60_000;

/** Interval at which the storage of all anonymous rooms and of tenants is counted, ms. */
const COUNT_EVERY_MS = 60_000;

/** Bytes that an edge adds to a log before it updates the count in the room's row. */
const UNCOUNTED_BYTES = 64 * 1024;

/** What the registry of rooms needs from a session (a socket with one participant). */
export interface RoomSession {
  /** Another socket took over this participant. */
  replace(): void;
  /** The client's access might have changed, because the room's row or its list of people did. */
  review(): void;
  /** Our own code failed on the room: the client can come back once it is loaded again. */
  fault(): void;
  /** The room was deleted. */
  end(): void;
}

/** A room in memory, with this edge's sessions in it. */
export interface OpenRoom<Session extends RoomSession> {
  readonly room: Room;
  /** Everyone with a socket here, including the lobby. */
  readonly sessions: Map<ParticipantId, Session>;
  /** Null: an anonymous room. */
  readonly tenantId: TenantId | null;
  /** Approximate size of its log over all edges, bytes. */
  readonly loggedBytes: number;
}

export interface RoomsOptions<Session extends RoomSession> {
  /**
   * Called once per event of a room in memory, before the participants get it. `before`: the state before the
   * event.
   */
  readonly onEvent: (open: OpenRoom<Session>, event: EventFrame["event"], before: RoomState) => void;
}

interface Held<Session extends RoomSession> extends OpenRoom<Session> {
  /** The client for which it was loaded; undefined: this edge itself. */
  readonly address: AddressKey | undefined;
  usedAt: number;
  /** Size of the log as counted in its row when that was last read, bytes. */
  countedBytes: number;
  /** Bytes added by this edge that the row has counted. */
  toldBytes: number;
  /** What `room.idle_since` was last set to. */
  idle: boolean;
  /** The version of the row that the log agrees with. */
  version: number;
  /** Serialises reading the row and making the log agree. */
  readonly agreeing: SerialQueue;
  /** Aborted when the room is dropped from memory. */
  readonly dropped: AbortController;
}

/**
 * The rooms in this edge's memory: opened on demand, compared with the log every second, dropped when unused.
 */
export class Rooms<Session extends RoomSession> implements AsyncDisposable {
  readonly #context: RoomContext;
  readonly #onEvent: RoomsOptions<Session>["onEvent"];
  readonly #held = new Map<RoomId, Held<Session>>();
  readonly #opening = new Map<RoomId, Promise<Held<Session> | undefined>>();
  readonly #idle = new IdleRooms();
  /** Clients that are entering each room: it stays in memory for them. */
  readonly #coming = new Map<RoomId, number>();
  readonly #stop = new AbortController();
  readonly #absences: Absences;
  readonly #tenants: TenantStorage;
  #tick: Promise<void> = Promise.resolve();
  #countedAt: number;
  #anonymousBytes = 0;

  constructor(context: RoomContext, options: RoomsOptions<Session>) {
    this.#context = context;
    this.#onEvent = options.onEvent;
    this.#absences = new Absences(context.edgeId, context.now);
    this.#tenants = new TenantStorage(context.db);
    this.#countedAt = context.now() - COUNT_EVERY_MS;
  }

  /** Starts the periodic work. */
  start(): void {
    const timer = setInterval(() => {
      this.#tick = this.#tick.then(() => this.#tend()).catch((error) =>
        warnOf(this.#context.log, "rooms.tend", error)
      );
    }, REPAIR_MS);
    this.#stop.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  /**
   * The room `id`, loaded from its log if necessary; undefined: no such room. `address`: the client that asks
   * for it; undefined: this edge.
   */
  async open(id: RoomId, address?: AddressKey): Promise<OpenRoom<Session> | undefined> {
    const held = this.#held.get(id);
    if (held !== undefined) {
      held.usedAt = this.#context.now();
      if (this.#idle.has(id)) this.#idle.add(id, held.address);
      return held;
    }
    const opening = this.#opening.get(id) ?? this.#load(id, address).finally(() => this.#opening.delete(id));
    this.#opening.set(id, opening);
    return await opening;
  }

  /**
   * Keeps the room `id` in memory, once it is loaded, until this is disposed; for a client that is entering.
   */
  keep(id: RoomId): Disposable {
    const coming = () => this.#coming.get(id) ?? 0;
    this.#coming.set(id, coming() + 1);
    return {
      [Symbol.dispose]: () => {
        if (coming() > 1) this.#coming.set(id, coming() - 1);
        else this.#coming.delete(id);
      },
    };
  }

  /**
   * Call after a room's row was changed or deleted: makes its log agree, so participants see it at once, or
   * disconnects them.
   */
  async refresh(id: RoomId): Promise<void> {
    const held = await this.open(id) as Held<Session> | undefined;
    if (held === undefined) return;
    await held.agreeing.run(async () => {
      for (;;) {
        const record = await findRoom(this.#context.db, id);
        if (record === undefined) return this.#drop(id, "deleted");
        if (held.version >= record.version) return;
        // Another edge might have applied a newer row first: then that one comes last here, too.
        await this.#agree(held, record);
      }
    });
  }

  /**
   * Loads rooms in which nothing has happened for long although they count as in use: once in memory, they
   * are handled like any other, so participants who are gone leave.
   */
  async wakeForgotten(signal: AbortSignal): Promise<void> {
    const { db, now } = this.#context;
    for (const id of await findForgottenRooms(db, now() - FORGOTTEN_MS)) {
      if (signal.aborted) return;
      await this.open(id);
    }
  }

  /** Call after a committed change of who may enter a room: every edge checks the clients in its lobby. */
  entryChanged(id: RoomId): void {
    this.#review(id);
    this.#context.bus.publish(id, {
      seq: this.#held.get(id)?.room.state.seq ?? 0,
      events: [],
      isEntryChanged: true,
    });
  }

  /** Approximate size of all anonymous rooms, bytes, counted within the last minute. */
  get anonymousBytes(): number {
    return this.#anonymousBytes;
  }

  /**
   * The used part of the storage of a tenant with a room in memory, counted within the last minute; 0:
   * unlimited.
   */
  storedPart(tenantId: TenantId): number {
    return this.#tenants.usedPart(tenantId);
  }

  /** All rooms in memory. */
  get openRooms(): Iterable<OpenRoom<Session>> {
    return this.#held.values();
  }

  /** The room `id` if it is in memory. */
  find(id: RoomId): OpenRoom<Session> | undefined {
    return this.#held.get(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#tick;
    await Promise.all([...this.#held.values()].map(({ room }) => room.settled()));
    await this.#countLogged(() => true).catch(() => {/* the database is gone */});
    this.#held.clear();
  }

  async #load(id: RoomId, address: AddressKey | undefined): Promise<Held<Session> | undefined> {
    const { db, bus, now } = this.#context;
    const dropped = new AbortController();
    // Events announced while the log is read must not be missed.
    const eventFrame: { room?: Room; seq: number } = { seq: 0 };
    const grown = (growth: Growth) => {
      eventFrame.seq = Math.max(eventFrame.seq, growth.seq);
      eventFrame.room?.announce(growth);
      if (growth.isEntryChanged === true) this.#review(id);
    };
    bus.subscribe(
      id,
      guarded(this.#context.log, "bus", grown),
      AbortSignal.any([dropped.signal, this.#stop.signal]),
    );
    const record = await findRoom(db, id);
    const room = record && await Room.load(id, this.#context, () => this.#drop(id, "fault"));
    if (record === undefined || room === undefined) {
      dropped.abort();
      return undefined;
    }
    eventFrame.room = room;
    room.announce({ seq: eventFrame.seq, events: [] });
    const held: Held<Session> = {
      room,
      sessions: new Map(),
      tenantId: record.tenantId,
      get loggedBytes() {
        return this.countedBytes + room.appendedBytes - this.toldBytes;
      },
      countedBytes: record.loggedBytes,
      toldBytes: 0,
      usedAt: now(),
      idle: record.isIdle,
      version: 0,
      agreeing: new SerialQueue(),
      dropped,
      address,
    };
    if (held.tenantId !== null) await this.#tenants.learn(held.tenantId);
    // Clients enter only under the row's settings.
    await this.#agree(held, record);
    const listener: Listener = { onEvent: ({ event }, before) => this.#onEvent(held, event, before) };
    room.listen(listener);
    dropped.signal.addEventListener("abort", () => room.unlisten(listener), { once: true });
    this.#held.set(id, held);
    this.#idle.add(id, address);
    this.#dropSurplus();
    return held;
  }

  /** The row is the stored truth: where the log differs, the log is changed. */
  async #agree(held: Held<Session>, { name, settings, version }: FoundRoom): Promise<void> {
    if (held.version >= version) return;
    const outcome = await held.room.submit({ type: "room.sync", name, settings });
    if (isRefusal(outcome)) throw new Error(`room.sync: ${outcome.refused}`);
    held.version = version;
    this.#review(held.room.id);
  }

  #review(id: RoomId): void {
    for (const session of this.#held.get(id)?.sessions.values() ?? []) {
      guarded(this.#context.log, "session", () => session.review(), () => session.fault())();
    }
  }

  #drop(id: RoomId, why: "fault" | "unused" | "deleted"): void {
    const held = this.#held.get(id);
    this.#held.delete(id);
    this.#idle.delete(id);
    held?.dropped.abort();
    held?.room[Symbol.dispose]();
    for (const session of held?.sessions.values() ?? []) {
      const end = why === "deleted" ? () => session.end() : () => session.fault();
      guarded(this.#context.log, "session", end)();
    }
  }

  async #tend(): Promise<void> {
    const { db, now } = this.#context;
    this.#absences.look();
    const live = await readLiveEdges(db);
    const known = [...this.#held];
    const heads = await readHeads(db, known.map(([id]) => id));
    for (const [id, held] of known) {
      // The room was dropped, and perhaps loaded again, meanwhile.
      if (this.#held.get(id) !== held) continue;
      const head = heads.get(id);
      if (head === undefined) {
        this.#drop(id, "deleted");
        continue;
      }
      held.room.announce({ seq: head.seq, events: [] });
      held.countedBytes = head.loggedBytes;
      if (head.version > held.version) await this.refresh(id);
      this.#absences.tend(held.room, {
        hasSocket: (participantId) => held.sessions.has(participantId),
        isLive: (edgeId) => live.has(edgeId),
      });
      if (this.#held.get(id) === held) await this.#tendIdle(held);
    }
    await this.#countLogged(({ room, toldBytes, idle }) =>
      idle || room.appendedBytes - toldBytes >= UNCOUNTED_BYTES
    );
    this.#unload();
    if (now() - this.#countedAt >= COUNT_EVERY_MS) {
      this.#countedAt = now();
      const { rooms, loggedBytes } = await countAnonymous(db);
      this.#anonymousBytes = rooms * ROOM_BYTES + loggedBytes;
      await this.#tenants.count(
        new Set([...this.#held.values()].flatMap(({ tenantId }) => tenantId === null ? [] : [tenantId])),
      );
    }
  }

  async #tendIdle(held: Held<Session>): Promise<void> {
    const idle = Object.keys(held.room.state.participants).length === 0;
    if (held.idle === idle) return;
    await setRoomIdle(this.#context.db, held.room.id, idle ? this.#context.now() : null);
    held.idle = idle;
  }

  /** Adds the bytes that this edge wrote to logs to the rooms' rows. */
  async #countLogged(isDue: (held: Held<Session>) => boolean): Promise<void> {
    const due = [...this.#held.values()].filter((held) =>
      held.room.appendedBytes > held.toldBytes && isDue(held)
    );
    const added = new Map(due.map((held) => [held.room.id, held.room.appendedBytes - held.toldBytes]));
    await addLoggedBytes(this.#context.db, added);
    for (const held of due) {
      const bytes = added.get(held.room.id)!;
      held.toldBytes += bytes;
      held.countedBytes += bytes;
      if (held.tenantId === null) this.#anonymousBytes += bytes;
      else this.#tenants.add(held.tenantId, bytes);
    }
  }

  /** Drops rooms that were unused for a while, and registers rooms that are unused now. */
  #unload(): void {
    for (const [id, held] of this.#held) {
      if (this.#isInUse(id)) this.#idle.delete(id);
      else if (this.#context.now() - held.usedAt > UNLOAD_MS) this.#drop(id, "unused");
      else if (!this.#idle.has(id)) this.#idle.add(id, held.address);
    }
    this.#dropSurplus();
  }

  #dropSurplus(): void {
    const stays = (id: RoomId) => this.#isInUse(id) || this.#hasUncounted(id);
    for (const id of this.#idle.takeSurplus(stays)) this.#drop(id, "unused");
  }

  /** Whether bytes were written that are not counted yet; they are within a second or two. */
  #hasUncounted(id: RoomId): boolean {
    const held = this.#held.get(id);
    return held !== undefined && held.room.appendedBytes > held.toldBytes;
  }

  /**
   * Whether a client is in the room through this edge, in its lobby or entering, or can come back through any
   * edge.
   */
  #isInUse(id: RoomId): boolean {
    const held = this.#held.get(id);
    if (held === undefined) return false;
    if (held.sessions.size > 0 || this.#coming.has(id)) return true;
    const { participants, waiting } = held.room.state;
    const isOurs = (one: { presence: string; edgeId: string }) =>
      one.presence === "away" || one.edgeId === this.#context.edgeId;
    return Object.values(participants).some(isOurs) || Object.values(waiting).some(isOurs);
  }
}
