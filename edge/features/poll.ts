import { type Content, featureRest, isSealed, refuse, RoomId } from "@tafelrunde/protocol";
import {
  MAX_ANSWERS,
  MAX_OPEN_POLLS,
  MAX_OPTION,
  MAX_OPTIONS,
  MAX_QUESTION,
  MIN_OPTIONS,
} from "@tafelrunde/protocol/features/poll/limits";
import type { PollResult } from "@tafelrunde/protocol/features/poll/messages";
import { isShownLive, type Poll, type Polls, tally } from "@tafelrunde/protocol/features/poll/state";
import { storableContent } from "../content.ts";
import type { EdgeFeature, EventDraft } from "../feature.ts";
import { WITH_THE_LOG } from "../retention_row.ts";
import { route } from "../route.ts";

export const poll = {
  commands: {
    "poll.open": {
      adds: "text",
      decide({ lastsMs, type: _, ...kind }, { slice, self, at }) {
        const question = storableContent(kind.question, MAX_QUESTION);
        if (typeof question === "string") return refuse("poll.questionInvalid");
        const options = kind.options.map((option) => storableContent(option, MAX_OPTION))
          .filter((option) => typeof option !== "string");
        const areGood = options.length === kind.options.length && options.length >= MIN_OPTIONS &&
          options.length <= MAX_OPTIONS && areDifferent(options);
        if (!areGood) return refuse("poll.optionsInvalid");
        if (Object.values(slice).filter((poll) => isOpen(poll, at)).length >= MAX_OPEN_POLLS) {
          return refuse("poll.tooMany");
        }
        const endsAt = lastsMs === null ? null : at + lastsMs;
        return [{ type: "poll.opened", participantId: self, ...kind, question, options, endsAt }];
      },
    },
    "poll.answer": {
      adds: "write",
      decide({ poll: seq, options }, { slice, state, self, person, at }) {
        const poll = slice[seq];
        if (poll === undefined) return refuse("poll.unknown");
        if (!isOpen(poll, at)) return refuse("poll.closed");
        const areGood = options.every((index) => index < poll.options.length) &&
          new Set(options).size === options.length && (poll.isMultiple || options.length <= 1);
        if (!areGood) return refuse("poll.answerInvalid");
        const chosen = options.toSorted((a, b) => a - b);
        const { [person]: before, ...others } = poll.answers;
        if (chosen.join() === (before?.options ?? []).join()) return [];
        if (before === undefined && Object.keys(others).length >= MAX_ANSWERS) return refuse("poll.full");
        const answer = { person, participantId: self, name: state.participants[self]!.name, options: chosen };
        const answered: EventDraft = { type: "poll.answered", poll: seq, ...answer };
        if (isShownLive(poll)) return [answered];
        const now = tally(poll, chosen.length === 0 ? others : { ...others, [person]: answer });
        const counts = poll.results === "live" ? now.counts : null;
        return [answered, { type: "poll.counted", poll: seq, answered: now.answered, counts, actor: null }];
      },
    },
    "poll.close": {
      adds: "nothing",
      decide({ poll: seq }, { slice }) {
        const poll = slice[seq];
        if (poll === undefined) return refuse("poll.unknown");
        return poll.closedAt === null ? [closed(poll)] : [];
      },
    },
  },
  up: {},
  retention: [{
    what: "A poll: question and answers to choose from, who opened it, who answered what and when",
    ...WITH_THE_LOG,
  }],
  due(polls: Polls) {
    const ends = Object.values(polls).flatMap(({ endsAt, closedAt }) =>
      closedAt === null ? endsAt ?? [] : []
    );
    return ends.length === 0 ? null : Math.min(...ends);
  },
  onDue: (polls: Polls, at: number) =>
    Object.values(polls).filter((poll) => poll.closedAt === null && !isOpen(poll, at)).map(closed),
  routes: (rooms) => [
    route({
      method: "GET",
      path: "/v1/rooms/{room}/polls",
      tag: "rooms",
      summary: "List a room's polls and their results",
      description:
        "Those of the current meeting in all its spaces, the oldest first. What is shown at the end only, or hidden, is null.",
      access: "member",
      scope: "rooms:read",
      params: { room: RoomId },
      answer: featureRest.PollResults,
    }, async ({ caller, params }) => {
      const state = await rooms.stateFor(caller, params.room);
      const all = [state.poll, ...Object.values(state.spaces).map(({ slices }) => slices.poll ?? {})];
      const polls = all.flatMap((each) => Object.values(each)).sort((one, other) => one.seq - other.seq);
      return { polls: polls.map(resultOf) };
    }),
  ],
} satisfies EdgeFeature<"poll">;

/** Sealed options count as different: only clients can compare them. */
function areDifferent(options: readonly Content[]): boolean {
  const texts = options.flatMap((option) => isSealed(option) ? [] : [option.text]);
  return new Set(texts).size === texts.length;
}

function isOpen({ closedAt, endsAt }: Poll, at: number): boolean {
  return closedAt === null && (endsAt === null || at < endsAt);
}

function closed(poll: Poll): EventDraft {
  const { counts } = tally(poll, poll.answers);
  const answers = poll.names === "named" ? Object.values(poll.answers) : null;
  return { type: "poll.closed", poll: poll.seq, counts, answers };
}

/** A poll as over REST: no more than people in the room see. */
function resultOf({ seq, openedBy: _, endsAt: _ends, answers, ...poll }: Poll): PollResult {
  const areShown = poll.names === "named" && (poll.results === "live" || poll.closedAt !== null);
  return {
    ...poll,
    options: [...poll.options],
    counts: poll.counts && [...poll.counts],
    poll: seq,
    answers: areShown ? Object.values(answers) : null,
  };
}
