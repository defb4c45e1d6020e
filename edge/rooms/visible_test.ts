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
  type Reader,
  receives,
  type RoomState,
  visibleTo,
} from "@tafelrunde/protocol";

import * as v from "valibot";
import { valueFor } from "../../protocol/value_for_tests.ts";
import { decide } from "./decide.ts";
import { HERE, idOf, joined } from "./decide_for_tests.ts";
import type { EventDraft, RoomCommand } from "./decision.ts";

/** Commands tried in each room, and rooms. */
const STEPS = 300;
const ROOMS = 10;

const PEOPLE = ["Anna", "Ben", "Cem"].map(idOf);

/** Text and ids of the commands. */
const TEXTS = [...PEOPLE, "a", "b", "some text"];

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

function apply(
  state: RoomState,
  draft: EventDraft,
  actor: ParticipantId | null,
  at: number,
): [RoomState, Event] {
  const event = { ...draft, seq: state.seq + 1, at, actor, cause: null } as Event;
  return [evolve(state, event), event];
}

Deno.test("what each reader sees after an event is what that event, or a skipped one, makes of what they saw, for every feature", () => {
  const changed = new Set<string>();
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
      const audience = audienceOf(event, before);
      for (const participantId of PEOPLE) {
        for (const moderates of [true, false]) {
          const reader: Reader = { participantId, moderates };
          const seen = receives(audience, reader) ? event : { type: "skipped" as const, seq: event.seq };
          const why = `seed ${seed}: ${JSON.stringify(event)} as seen by ${JSON.stringify(reader)}`;
          assert.deepEqual(visibleTo(after, reader), evolve(visibleTo(before, reader), seen), why);
        }
      }
    };
    for (const id of PEOPLE) step(joined(id, id.slice(0, 4), id === PEOPLE[0] ? "owner" : "guest"), id);
    for (let n = 0; n < STEPS; n++) {
      at += Math.floor(random() * 20_000);
      const self = PEOPLE[Math.floor(random() * PEOPLE.length)]!;
      const command = random() < 0.1 ? { type: "feature.due" as const } : commandOf(random);
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
  const stateful = FEATURE_NAMES.filter((name) => EMPTY_STATE[name] !== null);
  assert.deepEqual([...changed].sort(), stateful, "each feature was used");
});
