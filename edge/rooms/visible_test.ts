import assert from "node:assert/strict";
import {
  audienceOf,
  type Command,
  EMPTY_STATE,
  type Event,
  evolve,
  FEATURE_NAMES,
  featureCommands,
  featureOf,
  isRefusal,
  type ParticipantId,
  personOf,
  type Reader,
  receives,
  type RoomState,
  type SpaceId,
  spaceOf,
  type TrackId,
  visibleSlices,
  visibleTo,
} from "@tafelrunde/protocol";

import * as v from "valibot";
import { valueFor } from "../../protocol/value_for_tests.ts";
import { decide } from "./decide.ts";
import { HERE, idOf, joined } from "./decide_for_tests.ts";
import type { EventDraft, RoomCommand } from "./decision.ts";

/** Commands tried in each room, and rooms. */
const STEPS = 300;
const ROOMS = 30;

/** The last is another device of the one before. */
const PEOPLE = ["Anna", "Ben", "Cem", "Cem's phone"].map(idOf);

/** Text and ids of the commands. */
const TEXTS = [...PEOPLE, "a", "b", "some text", "a".repeat(16), "b".repeat(16), "f".repeat(64)];

const SPACES = ["x", "y", "z"].map((letter) => letter.repeat(16) as SpaceId);

/** Numbers from 0 to 1, the same for each seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A random command of a feature that its schema accepts; undefined: this one was not. */
function commandOf(random: () => number): Command | undefined {
  const schemas: v.GenericSchema[] = Object.values(featureCommands);
  const schema = schemas[Math.floor(random() * schemas.length)]!;
  const { success, output } = v.safeParse(schema, {
    ...valueFor(schema, random, TEXTS) as object,
    id: "command-1",
  });
  return success ? output as Command : undefined;
}

/** A random command about spaces, whispers and presence, not necessarily one that makes sense. */
function commandOfCore(random: () => number, self: ParticipantId): RoomCommand {
  const pick = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)]!;
  const people = () => PEOPLE.filter(() => random() < 0.5);
  const spaceId = pick(SPACES);
  const trackId = trackOf(self);
  const participantIds = people();
  const kinds: RoomCommand[] = [
    { type: "space.open", spaces: [{ spaceId, name: { text: "Group" }, isFree: random() < 0.5 }] },
    { type: "space.move", participantIds, spaceId: pick([...SPACES, null]) },
    { type: "space.move", participantIds: [self], spaceId: pick([...SPACES, null]) },
    { type: "space.close", spaceIds: [spaceId] },
    { type: "track.publish", trackId, source: "microphone", muted: false },
    { type: "track.address", trackId, participantIds: random() < 0.3 ? null : participantIds },
    { type: "track.mute", trackId, muted: random() < 0.5 },
    { type: "participant.leave" },
  ];
  return pick(kinds);
}

const entering = (id: ParticipantId) => joined(id, id.slice(0, 3), id === PEOPLE[0] ? "owner" : "guest");

/** The microphone of a participant. */
const trackOf = (id: ParticipantId) => `${PEOPLE.indexOf(id)}0000000-0000-4000-8000-000000000000` as TrackId;

/**
 * A reader who has moved to another space gets the event, and what depends on their space; a moderator sees
 * all spaces already.
 */
function checkMoved(before: RoomState, after: RoomState, event: Event, reader: Reader): void {
  const there: Reader = { ...reader, space: spaceOf(after.participants, reader.participantId) };
  const folded = evolve(visibleTo(before, reader), event);
  const told = reader.moderates ? folded : { ...folded, ...visibleSlices(after, there) };
  assert.deepEqual(visibleTo(after, there), told, `${JSON.stringify(event)} as seen by somebody moved`);
}

function apply(
  state: RoomState,
  draft: EventDraft,
  actor: ParticipantId | null,
  at: number,
): [RoomState, Event] {
  const event = { ...draft, seq: state.seq + 1, at, actor, cause: null } as Event;
  return [evolve(state, event), event];
}

Deno.test("what each reader sees after an event is what that event, or a skipped one, makes of what they saw, for every feature, also in different spaces and while people whisper", () => {
  const changed = new Set<string>();
  let movedReaders = 0;
  let whispers = 0;
  for (let seed = 1; seed <= ROOMS; seed++) {
    const random = numbers(seed);
    let state = EMPTY_STATE;
    let at = 1_000;
    const step = (draft: EventDraft, actor: ParticipantId | null) => {
      const before = state;
      const [after, event] = apply(state, draft, actor, at);
      state = after;
      const name = featureOf(event.type);
      if (name !== undefined) changed.add(name);
      if (event.type === "track.addressed") whispers++;
      const audience = audienceOf(event, before);
      for (const participantId of PEOPLE) {
        for (const moderates of [true, false]) {
          const person = personOf(before.participants[participantId] ?? { id: participantId, persons: [] });
          const space = spaceOf(before.participants, participantId);
          const reader: Reader = { participantId, person, moderates, space };
          if (spaceOf(after.participants, participantId) !== space) {
            movedReaders++;
            checkMoved(before, after, event, reader);
            continue;
          }
          const seen = receives(audience, reader) ? event : { type: "skipped" as const, seq: event.seq };
          const why = `seed ${seed}: ${JSON.stringify(event)} as seen by ${JSON.stringify(reader)}`;
          assert.deepEqual(visibleTo(after, reader), evolve(visibleTo(before, reader), seen), why);
        }
      }
    };
    step({ type: "room.created", name: "" }, null);
    for (const id of PEOPLE) step(entering(id), id);
    for (let n = 0; n < STEPS; n++) {
      at += Math.floor(random() * 20_000);
      const self = PEOPLE[Math.floor(random() * PEOPLE.length)]!;
      // Somebody who has left comes back.
      for (const id of PEOPLE) {
        if (state.participants[id] === undefined && random() < 0.3) step(entering(id), id);
      }
      if (state.participants[self] === undefined) continue;
      const kind = random();
      const command = kind < 0.1
        ? { type: "feature.due" as const }
        : kind < 0.4
        ? commandOfCore(random, self)
        : commandOf(random);
      if (command === undefined) continue;
      const who = {
        participantId: command.type === "feature.due" ? null : self,
        commandId: null,
        edgeId: HERE,
      };
      const decision = decide(state, command as RoomCommand, who, at);
      if (!isRefusal(decision)) { for (const draft of decision) step(draft, who.participantId); }
    }
  }
  assert.ok(movedReaders > 100 && whispers > 20, `${movedReaders} moved readers, ${whispers} whispers`);
  const stateful = FEATURE_NAMES.filter((name) => EMPTY_STATE[name] !== null);
  assert.deepEqual([...changed].sort(), stateful, "each feature was used");
});
