import {
  type Down,
  EMPTY_STATE,
  type Event,
  evolve,
  isEvent,
  moderates,
  type ParticipantId,
  personOf,
  personsIn,
  type RoomId,
  type RoomState,
  spaceOf,
  visibleTo,
} from "@tafelrunde/protocol";
import assert from "node:assert/strict";
import type { Db } from "../../edge/store/schema.ts";
import { readEvents } from "../../edge/store/room_log.ts";
import type { SignalClient } from "../signal_client.ts";
import type { World } from "./world.ts";

/** The room's log, including erased parts: who was in the room at each event. */
export class Truth {
  readonly #db: Db;
  readonly #roomId: RoomId;
  /** The state after each event, by its seq. */
  readonly #states = new Map<number, RoomState>();
  readonly #looked = new Map<SignalClient, number>();
  #state = EMPTY_STATE;

  constructor(db: Db, roomId: RoomId) {
    this.#db = db;
    this.#roomId = roomId;
  }

  /** Reads new events, and returns the current state. */
  async read(): Promise<{ readonly state: RoomState }> {
    for (const event of await readEvents(this.#db, this.#roomId, this.#state.seq)) this.#add(event);
    return { state: this.#state };
  }

  #add(event: Event): void {
    // An erased room starts again at a later seq.
    const isErased = event.seq > this.#state.seq + 1;
    const before = isErased ? { ...EMPTY_STATE, seq: event.seq - 1 } : this.#state;
    this.#state = evolve(before, event);
    this.#states.set(event.seq, this.#state);
  }

  #wasInside(participantId: ParticipantId, seq: number): boolean {
    return this.#states.get(seq)?.participants[participantId] !== undefined;
  }

  /** Throws if a client ever received what it must not know. */
  checkTold(client: SignalClient): void {
    const from = this.#looked.get(client) ?? 0;
    this.#looked.set(client, client.received.length);
    for (const message of client.received.slice(from)) this.#checkMessage(client, message);
  }

  #checkMessage({ you }: SignalClient, message: Down): void {
    if (isEvent(message) || message.type === "skipped") {
      const isTheirs = you !== undefined &&
        (this.#wasInside(you, message.seq) || this.#wasInside(you, message.seq - 1));
      if (!isTheirs) throw new Error(`${message.type} ${message.seq} went to somebody outside`);
    } else if (message.type === "snapshot") {
      const { seq } = message.state as unknown as RoomState;
      if (you === undefined || !this.#wasInside(you, seq)) {
        throw new Error(`a snapshot at ${seq} went to somebody outside`);
      }
    }
  }
}

/**
 * Sockets that count as inside: the last room state they received was the full one, and they are connected.
 */
function isInside(client: SignalClient): boolean {
  if (client.closed !== undefined || client.you === undefined) return false;
  const last = client.received.findLast(({ type }) => type === "welcome" || type === "snapshot");
  return last?.type === "snapshot" || (last?.type === "welcome" && last.joined);
}

/**
 * Compares everyone's state with the log. Returns the first difference that time can resolve; rejects for one
 * that it cannot.
 */
export async function differenceNow(world: World): Promise<string | undefined> {
  const { truth } = world;
  const { state } = await truth.read();
  for (const someone of world.people) {
    for (const client of [...someone.former, ...someone.sockets]) if (client) truth.checkTold(client);
  }
  checkPersons(state);
  return differenceOfSessions(world, state) ?? await differenceOfMedia(world, state);
}

/** Throws if the devices of one person differ in what is the person's. */
function checkPersons({ participants, hand }: RoomState): void {
  for (const devices of personsIn(participants).values()) {
    const [first] = devices;
    for (const { role, name } of devices) {
      if (role !== first!.role || name !== first!.name) throw new Error("one person has two roles or names");
    }
    if (devices.filter(({ id }) => hand[id] !== undefined).length > 1) {
      throw new Error("one person has two hands");
    }
  }
  const isGone = (id: string) => participants[id as ParticipantId] === undefined;
  if (Object.keys(hand).some(isGone)) throw new Error("a hand of nobody");
}

function differenceOfSessions(world: World, state: RoomState): string | undefined {
  for (const [index, someone] of world.people.entries()) {
    const inside = someone.sockets.filter((client) => client !== undefined && isInside(client));
    const participant = [...world.idsOf(someone)].map((id) => state.participants[id]).find(Boolean);
    if (participant === undefined) {
      if (inside.length > 0) return `${index} counts as inside and is not in the log`;
      continue;
    }
    if (inside.length > 1) return `${index} is inside with two sockets`;
    if (participant.presence === "here" && inside.length === 0) return `${index} is here without a socket`;
    const [client] = inside;
    if (client === undefined) continue;
    const { id: participantId, role, spaceId: space = null } = participant;
    const person = personOf(participant);
    const due = visibleTo(state, { participantId, person, moderates: moderates(role), space });
    try {
      assert.deepEqual(client.state, due);
    } catch {
      return `${index} sees another state: ${client.state.seq} for ${state.seq}`;
    }
  }
  return undefined;
}

async function differenceOfMedia(
  { ground, people, idsOf }: World,
  state: RoomState,
): Promise<string | undefined> {
  const peers = await ground.proxy.report();
  const ids = people.map((someone) => [...idsOf(someone)]);
  const sent = ids.flat().flatMap((id) => peers.get(id)?.tracks.map((track) => ({ ...track, id })) ?? []);
  for (const [index, own] of ids.entries()) {
    for (const id of own) {
      const peer = peers.get(id);
      if (peer === undefined) continue;
      const participant = state.participants[id];
      if (peer.live && participant === undefined) return `${index} is live on the node and not in the log`;
      if (!peer.live && participant?.presence === "here") return `${index} is here and not live on the node`;
      // A track in the log but not on the node is published again by the client.
      for (const { trackId, muted } of peer.tracks) {
        const track = state.tracks[trackId];
        if (track?.participantId !== id) return `${index} sends a track that is not in the log`;
        if (track.muted !== muted) return `${index}'s track is muted: ${muted} on the node`;
      }
      const space = spaceOf(state.participants, id);
      if ((peer.space ?? null) !== space) return `${index} is in another space on the node`;
      const audible = sent.filter((track) =>
        peer.live && track.id !== id && !track.muted && spaceOf(state.participants, track.id) === space
      ).length;
      if (peer.receives !== audible) {
        return `${index} receives ${peer.receives} tracks of ${audible}`;
      }
    }
  }
  return undefined;
}
