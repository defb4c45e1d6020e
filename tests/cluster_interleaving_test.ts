import assert from "node:assert/strict";
import {
  type CommandId,
  type EdgeId,
  EMPTY_STATE,
  type Event,
  evolve,
  isRefusal,
  type ParticipantId,
  PROTOCOL_VERSION,
  type RoomId,
  type RoomState,
  type TrackId,
} from "@tafelrunde/protocol";
import { join } from "../edge/rooms/decide_for_tests.ts";
import type { Bus } from "../edge/bus/bus.ts";
import { makeLocalBus } from "../edge/bus/local.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMetrics } from "../edge/metrics.ts";
import { decide } from "../edge/rooms/decide.ts";
import type { Asker, Decision, RoomCommand } from "../edge/rooms/decision.ts";
import { FanOut } from "../edge/rooms/fan_out.ts";
import { type CommandOutcome, Room } from "../edge/rooms/room.ts";
import { insertRoom } from "../edge/store/room.ts";
import { readEvents } from "../edge/store/room_log.ts";
import { type Backbone, startBackbone } from "./cluster_rig.ts";
import { type Random, seededRandom } from "./cluster_random.ts";

const EDGES = 3;
const COMMANDS = 250;

const PEOPLE = ["a", "b", "c", "d"].map((letter) => letter.repeat(26) as ParticipantId);
const TRACKS = ["1", "2", "3"].map((digit) => `${digit}0000000-0000-4000-8000-000000000000` as TrackId);

/** One command at one edge, and its outcome. */
interface Asked {
  readonly command: RoomCommand;
  readonly who: Asker;
  /** The seq of the edge's state when it was sent, and when it was answered. */
  readonly from: number;
  readonly until: number;
  readonly outcome: CommandOutcome;
}

Deno.test("[E2] [E3] [L6] random commands at three edges at once: one order, each decided against the state at that time", async (t) => {
  await using backbone = await startBackbone("postgres");
  const own = Deno.env.get("SEED");
  for (const seed of own === undefined ? [1, 2, 3, 4] : [Number(own)]) {
    await t.step(`seed ${seed}`, () => interleave(seed, backbone));
  }
});

Deno.test("[E3] one hand raised, one track muted and unmuted at two edges at once: one order, both answered", async () => {
  await using backbone = await startBackbone("postgres");
  await using bus = makeLocalBus();
  const [id, rooms] = await openRooms(backbone, seededRandom(7), bus);
  const [first, second] = rooms as [Room, Room];
  const [anna] = PEOPLE as [ParticipantId];
  const trackId = TRACKS[0]!;
  const ask = (room: Room, command: RoomCommand) => room.submit(command, anna, newId());
  await ask(first, join("Anna"));
  await ask(first, { type: "track.publish", trackId, source: "microphone", muted: false });
  for (let round = 0; round < 10; round++) {
    const [raised, muted] = [round % 2 === 0, round % 2 === 0];
    const outcomes = await Promise.all([
      ask(first, { type: "hand.raise", raised }),
      ask(second, { type: "hand.raise", raised }),
      ask(first, { type: "track.mute", trackId, muted }),
      ask(second, { type: "track.mute", trackId, muted: !muted }),
    ]);
    assert.ok(outcomes.every((outcome) => !isRefusal(outcome)));
  }
  const events = await readEvents(backbone.store.db, id, 0);
  const state = events.reduce(evolve, EMPTY_STATE);
  const hands = events.map(({ type }) => type).filter((type) => type.startsWith("hand."));
  assert.deepEqual(hands, Array.from({ length: 10 }, (_, n) => n % 2 === 0 ? "hand.raised" : "hand.lowered"));
  const mutes = events.map(({ type }) => type).filter((type) => /^track\.(un)?muted$/.test(type));
  assert.ok(
    mutes.every((type, n) => type === (n % 2 === 0 ? "track.muted" : "track.unmuted")),
    "they alternate",
  );
  for (const room of rooms) {
    await room.reach(state.seq);
    assert.deepEqual(room.state, state);
  }
});

/** Sends random commands to three edges, then compares their responses with the log. */
async function interleave(seed: number, backbone: Backbone): Promise<void> {
  const random = seededRandom(seed);
  await using bus = makeLocalBus();
  const [id, rooms] = await openRooms(backbone, random, unreliableBus(bus, random));
  const asked: Promise<Asked>[] = [];
  const ids: { command: RoomCommand; participantId: ParticipantId; commandId: CommandId }[] = [];
  for (let n = 0; n < COMMANDS; n++) {
    const again = random.next() < 0.2 && ids.length > 0;
    const made = again
      ? random.pick(ids.slice(random.pick([0, -2])))
      : { ...randomCommand(random), commandId: newId() };
    ids.push(made);
    const index = random.below(rooms.length);
    asked.push(ask(rooms[index]!, edgeIdOf(index), made));
    // Sometimes several arrive at once, sometimes one after another.
    if (random.next() < 0.4) await new Promise((resolve) => setTimeout(resolve, random.below(6)));
  }
  const all = await Promise.all(asked);
  const events = await readEvents(backbone.store.db, id, 0);
  const states = [EMPTY_STATE];
  for (const event of events) states.push(evolve(states.at(-1)!, event));
  for (const room of rooms) {
    await room.reach(events.length);
    assert.deepEqual(room.state, states.at(-1));
  }
  for (const one of all) assertSound(one, events, states);
  const kinds = all.map(({ outcome }) =>
    isRefusal(outcome) ? "refused" : typeof outcome === "string" ? outcome : "stored"
  );
  const count = (kind: string) => kinds.filter((one) => one === kind).length;
  console.log(
    `${events.length} events; ${count("stored")} stored, ${count("done")} done, ${
      count("repeated")
    } repeated, ${count("refused")} refused`,
  );
}

/**
 * Checks that each response matches the log, and that each refusal was right at some moment while the command
 * waited.
 */
function assertSound(one: Asked, events: readonly Event[], states: readonly RoomState[]): void {
  const { command, who, outcome } = one;
  const stored = events.filter(({ actor, cause }) => cause === who.commandId && actor === who.participantId);
  assert.ok(stored.length <= 1, "stored twice");
  const wasSo = (isIt: (decision: Decision) => boolean) =>
    states.slice(one.from, one.until + 1).some((state) => isIt(decide(state, command, who, Date.now())));
  if (isRefusal(outcome)) {
    const isTrue = wasSo((decision) => isRefusal(decision) && decision.refused === outcome.refused);
    assert.ok(isTrue, `${command.type}: ${outcome.refused} was never so`);
  } else if (outcome === "repeated") {
    assert.equal(stored.length, 1, `${command.type}: is said to be repeated and was not stored`);
  } else if (outcome === "done") {
    const isTrue = wasSo((decision) => !isRefusal(decision) && decision.length === 0);
    assert.ok(isTrue, `${command.type}: was not needless`);
  } else {
    assert.equal(stored.length, 1, `${command.type} is acknowledged and not stored`);
    const { seq, at: _at, actor: _actor, cause: _cause, ...draft } = stored[0]!;
    const decision = decide(states[seq - 1]!, command, who, stored[0]!.at);
    assert.ok(!isRefusal(decision));
    assert.deepEqual(draft, decision[0], `${command.type} was decided against another state than ${seq - 1}`);
    assert.ok(outcome.stored >= seq);
  }
}

async function ask(
  room: Room,
  edgeId: EdgeId,
  { command, participantId, commandId }: {
    command: RoomCommand;
    participantId: ParticipantId;
    commandId: CommandId;
  },
): Promise<Asked> {
  const from = room.state.seq;
  const outcome = await room.submit(command, participantId, commandId);
  return { command, who: { participantId, commandId, edgeId }, from, until: room.state.seq, outcome };
}

function randomCommand(random: Random): { command: RoomCommand; participantId: ParticipantId } {
  const participantId = random.pick(PEOPLE);
  const trackId = random.pick(TRACKS);
  const make: (() => RoomCommand)[] = [
    () => ({ ...join("Anna"), name: random.pick(["Anna", "Ben", " "]) }),
    () => join("Cem"),
    () => join("Dora"),
    () => join("Emil"),
    () => ({ type: "participant.leave" }),
    () => ({ type: "participant.lose", participantId, edgeId: edgeIdOf(random.below(EDGES)) }),
    () => ({ type: "participant.resume", participantId }),
    () => ({ type: "hand.raise", raised: random.next() < 0.5 }),
    () => ({ type: "hand.raise", raised: random.next() < 0.5 }),
    () => ({ type: "chat.post", text: random.pick(["hello", "there", ""]) }),
    () => ({ type: "chat.post", text: "again" }),
    () => ({ type: "track.publish", trackId, source: random.pick(["microphone", "camera"]), muted: true }),
    () => ({ type: "track.mute", trackId, muted: random.next() < 0.5 }),
    () => ({ type: "track.unpublish", trackId }),
    () => ({ type: "track.dropAll", participantId }),
  ];
  return { command: random.pick(make)(), participantId };
}

/** Loses a third of the publications, and delivers a third of the rest late and out of order. */
function unreliableBus(bus: Bus, random: Random): Bus {
  return {
    ...bus,
    publish(roomId, growth) {
      const fate = random.next();
      if (fate < 0.33) return;
      if (fate < 0.66) return bus.publish(roomId, growth);
      setTimeout(() => bus.publish(roomId, growth), random.below(20));
    },
  };
}

/** A new room, opened at each of the edges, each with its own connections. */
async function openRooms(backbone: Backbone, random: Random, bus: Bus): Promise<[RoomId, Room[]]> {
  const id = `${letters(random)}-${letters(random)}-${letters(random)}` as RoomId;
  await insertRoom(backbone.store.db, { id, linkHash: "" }, "", Date.now());
  const signal = new AbortController().signal;
  const rooms = await Promise.all(Array.from({ length: EDGES }, async (_, index) => {
    const { db } = index === 0 ? backbone.store : await backbone.openStore();
    const context = {
      db,
      bus,
      edgeId: edgeIdOf(index),
      log: makeLog(() => {}),
      metrics: makeMetrics(),
      now: Date.now,
      fanOut: new FanOut({ log: makeLog(() => {}) }),
      clusterVersion: () => PROTOCOL_VERSION,
    };
    const room = (await Room.load(id, context, () => assert.fail("our own code failed")))!;
    bus.subscribe(id, (growth) => room.announce(growth), signal);
    return room;
  }));
  return [id, rooms];
}

const edgeIdOf = (index: number) => "efg"[index]!.repeat(16) as EdgeId;
const newId = () => crypto.randomUUID() as string as CommandId;
const letters = (random: Random) =>
  Array.from({ length: 4 }, () => random.pick([..."abcdefghijkl"])).join("");
