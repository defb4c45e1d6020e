import * as v from "valibot";
import { Content } from "../../content.ts";
import { ParticipantId, PersonId } from "../../ids.ts";
import { command, event, Instant, Seq } from "../../message.ts";
import { strictObject } from "../../object.ts";
import { MAX_OPTIONS } from "./limits.ts";

/** When the results are shown: while people answer, or once the poll has ended. */
const ResultsWhen = v.picklist(["live", "end"]);

/** Whether people see who answered what. "hidden": nobody in the meeting does; the operator's log has it. */
const Names = v.picklist(["named", "hidden"]);

/** The place of an option, from 0. */
const OptionIndex = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_OPTIONS - 1));

/** Number of people, by option. */
const Counts = v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(0))), v.maxLength(MAX_OPTIONS));

/** One person's answer. */
const Answer = strictObject({
  /** Who answered, the same on all their devices. */
  person: PersonId,
  /** The device with which they answered. */
  participantId: ParticipantId,
  /** The name at the time of answering; kept after they leave. */
  name: v.string(),
  options: v.array(OptionIndex),
});

const kind = {
  /** What everyone is asked. */
  question: Content,
  /** The answers to choose from. */
  options: v.pipe(v.array(Content), v.maxLength(MAX_OPTIONS)),
  /** Whether one may choose several options. */
  isMultiple: v.boolean(),
  results: ResultsWhen,
  names: Names,
};

/** A poll of a room and its result. */
const PollResult = strictObject({
  /** Its place in the room's log. */
  poll: Seq,
  ...kind,
  /** Instant, ms since 1970 UTC. */
  openedAt: v.pipe(v.number(), v.safeInteger()),
  /** The same; null: it is still open. */
  closedAt: v.nullable(v.pipe(v.number(), v.safeInteger())),
  /** Number of people who have answered. */
  answered: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Null: shown once the poll has ended. */
  counts: v.nullable(Counts),
  /** Null: hidden, or shown once the poll has ended. */
  answers: v.nullable(v.array(Answer)),
});

/** The polls of a room's current meeting, the oldest first. */
const PollResults = strictObject({ polls: v.array(PollResult) });

export const messages = {
  commands: {
    /** Opens a poll. `lastsMs`: ends it by itself; null: a moderator does. */
    "poll.open": command("poll.open", {
      ...kind,
      lastsMs: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(5_000), v.maxValue(86_400_000))),
    }),
    /** Answers, or changes one's answer; no options: withdraws it. */
    "poll.answer": command("poll.answer", { poll: Seq, options: v.array(OptionIndex) }),
    "poll.close": command("poll.close", { poll: Seq }),
  },
  events: {
    "poll.opened": event("poll.opened", {
      participantId: ParticipantId,
      ...kind,
      endsAt: v.nullable(Instant),
    }),
    /** Everyone gets it if names and results are shown live; otherwise only the one who answered. */
    "poll.answered": event("poll.answered", { poll: Seq, ...Answer.entries }),
    /** Follows each answer that not everyone gets. `counts`: null if the results are shown at the end. */
    "poll.counted": event("poll.counted", {
      poll: Seq,
      answered: v.pipe(v.number(), v.integer(), v.minValue(0)),
      counts: v.nullable(Counts),
    }),
    /** `answers` is null if names are hidden. */
    "poll.closed": event("poll.closed", {
      poll: Seq,
      counts: Counts,
      answers: v.nullable(v.array(Answer)),
    }),
  },
  up: {},
  down: {},
  settings: {},
  rest: { PollResult, PollResults },
};

export type PollAnswer = v.InferOutput<typeof Answer>;
export type PollResult = v.InferOutput<typeof PollResult>;
