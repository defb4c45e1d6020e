import assert from "node:assert/strict";
import type { Event, RoomId } from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { readEvents } from "../edge/store/room_log.ts";
import type { Store } from "../edge/store/open.ts";
import { type Random } from "./cluster_random.ts";
import type { EdgeProcess } from "./edge_process.ts";
import { RoamingClient } from "./roaming_client.ts";

/** Pause of a client between two actions, ms. */
const THINKING_MS = { least: 200, most: 1_000 };

/** How long all edges run between two kills, ms. */
const CALM_MS = { least: 300, most: 2_500 };

/** Starts of an edge that can fail in a row, while there is no database. */
const START_TRIES = 10;

/** A client that chats and raises its hand, and remembers what was acknowledged. */
export interface Talker {
  readonly name: string;
  readonly room: RoomCreated;
  readonly client: RoamingClient;
  /** Acknowledged messages. */
  readonly said: string[];
  /** State of the hand after the last acknowledged command. */
  isHandUp: boolean;
  /** Refused commands, with their codes. */
  readonly refused: string[];
}

/** The results of a run. */
export interface Tally {
  readonly events: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly kills: number;
  /** Number of times that a client reconnected to an edge. */
  readonly moves: number;
  readonly lost: number;
  readonly doubled: number;
}

const between = (random: Random, { least, most }: { least: number; most: number }) =>
  least + random.next() * (most - least);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Chats and raises its hand until `signal` aborts; each action waits for the response to the one before. */
export async function talk(talker: Talker, random: Random, signal: AbortSignal): Promise<void> {
  for (let n = 0; !signal.aborted; n++) {
    await pause(between(random, THINKING_MS));
    const isAboutHand = random.next() < 0.25;
    const raised = random.next() < 0.5;
    const text = `${talker.name} ${n}`;
    const answer = await talker.client.ask(
      isAboutHand ? { type: "hand.raise", raised } : { type: "chat.post", text },
    );
    if (answer.type === "refused") talker.refused.push(answer.code);
    else if (isAboutHand) talker.isHandUp = raised;
    else talker.said.push(text);
  }
}

/** Kills an edge, restarts it, waits, kills another, until `signal` aborts; returns the number of kills. */
export async function killEdges(
  edges: readonly EdgeProcess[],
  random: Random,
  signal: AbortSignal,
): Promise<number> {
  let kills = 0;
  while (!signal.aborted) {
    await pause(between(random, CALM_MS));
    const victim = random.pick(edges);
    await victim.kill();
    kills++;
    await startPatiently(victim);
  }
  return kills;
}

async function startPatiently(edge: EdgeProcess): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await edge.startAgain();
    } catch (error) {
      if (tries === START_TRIES) throw error;
      await pause(500);
    }
  }
}

/**
 * Waits until everyone has everything, then compares each client's state with the log. Throws at the first
 * difference.
 */
export async function reckon(talkers: readonly Talker[], store: Store): Promise<Omit<Tally, "kills">> {
  const rooms = new Set(talkers.map(({ room }) => room.room));
  let events = 0;
  let lost = 0;
  let doubled = 0;
  for (const roomId of rooms) {
    const inRoom = talkers.filter(({ room }) => room.room === roomId);
    const log = await settledLog(store, roomId, inRoom);
    events += log.length;
    const posted = log.flatMap((event) => event.type === "chat.posted" ? [event.text] : []);
    const acknowledged = inRoom.flatMap(({ said }) => said);
    lost += acknowledged.filter((text) => !posted.includes(text)).length;
    doubled += posted.length - new Set(posted).size;
    for (const { name, client, isHandUp } of inRoom) {
      assert.deepEqual(client.state.chat.map(({ text }) => text), posted, `${name} has another order`);
      const seqs = client.client.events.map(({ seq }) => seq);
      assert.deepEqual(
        seqs,
        [...new Set(seqs)].toSorted((a, b) => a - b),
        `${name} was told something twice`,
      );
      const [id] = Object.entries(client.state.participants).find(([, one]) => one.name === name)!;
      assert.equal(client.state.hand[id as keyof typeof client.state.hand] !== undefined, isHandUp, name);
      assert.deepEqual(client.state, inRoom[0]!.client.state);
    }
  }
  return {
    events,
    acknowledged: talkers.reduce((sum, { said }) => sum + said.length, 0),
    refused: talkers.reduce((sum, { refused }) => sum + refused.length, 0),
    moves: talkers.reduce((sum, { client }) => sum + client.moves, 0),
    lost,
    doubled,
  };
}

/** The log of a room, once everyone in it is connected and has seen its end. */
async function settledLog({ db }: Store, roomId: RoomId, talkers: readonly Talker[]): Promise<Event[]> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const log = await readEvents(db, roomId, 0);
    const isSettled = talkers.every(({ client: { state } }) =>
      state.seq === log.at(-1)!.seq &&
      Object.values(state.participants).every((one) => one.presence === "here")
    );
    if (isSettled) return log;
    assert.ok(
      Date.now() < deadline,
      `the log ends at ${log.at(-1)!.seq}, they are at ${talkers.map(({ client }) => client.state.seq)}`,
    );
    await pause(100);
  }
}
