import type { Content } from "../../content.ts";
import { type EventOf, featureState } from "../../feature.ts";
import type { ParticipantId, PersonId } from "../../ids.ts";
import { ANSWERS_IN_STATE, POLLS_IN_STATE } from "./limits.ts";
import type { messages, PollAnswer } from "./messages.ts";

/** A poll, open or closed. */
export interface Poll {
  /** The event that opened it. */
  readonly seq: number;
  readonly openedAt: number;
  readonly openedBy: ParticipantId;
  readonly question: Content;
  readonly options: readonly Content[];
  readonly isMultiple: boolean;
  readonly results: "live" | "end";
  readonly names: "named" | "hidden";
  /** When it ends by itself; null: a moderator ends it. */
  readonly endsAt: number | null;
  readonly closedAt: number | null;
  /** Number of people who have answered. */
  readonly answered: number;
  /** Number of people by option; null: not shown yet. */
  readonly counts: readonly number[] | null;
  /** All answers on an edge; for a reader those that they may see, at least their own. */
  readonly answers: Readonly<Record<PersonId, PollAnswer>>;
}

/** The newest polls by the place of their opening in the log, the oldest first. */
export type Polls = Readonly<Record<number, Poll>>;

export const poll = featureState<typeof messages, Polls>()({
  since: 4,
  scope: "space",
  empty: {},
  rights: {
    /** Open and close polls. */
    leadPolls: { least: "moderator" },
    answerPolls: { least: "guest" },
  },
  needs: {
    "poll.open": () => "leadPolls",
    "poll.answer": () => "answerPolls",
    "poll.close": () => "leadPolls",
  },
  refusals: [
    /** A question is empty once trimmed, or longer than 300 characters. */
    "poll.questionInvalid",
    /** Fewer than 2 or more than 20 options, one is empty or longer than 200 characters, or two are equal. */
    "poll.optionsInvalid",
    /** Options that the poll does not have, one of them twice, or several where one may be chosen. */
    "poll.answerInvalid",
    /** As many people have answered as a poll takes, 500. */
    "poll.full",
    /** Five polls are open already. */
    "poll.tooMany",
    /** No such poll. */
    "poll.unknown",
    /** The poll has ended. */
    "poll.closed",
  ],
  evolve: {
    "poll.opened": opened,
    "poll.answered": (polls, { poll, person, participantId, name, options }) =>
      change(polls, poll, (before) => {
        const { [person]: _earlier, ...others } = before.answers;
        const answers = options.length === 0
          ? others
          : { ...others, [person]: { person, participantId, name, options } };
        return isShownLive(before) ? { answers, ...tally(before, answers) } : { answers };
      }),
    "poll.counted": (polls, { poll, answered, counts }) => change(polls, poll, () => ({ answered, counts })),
    "poll.closed": (polls, { poll, at, counts, answers }) =>
      change(polls, poll, (before) => ({
        closedAt: at,
        counts,
        answers: answers === null ? before.answers : byPerson(answers),
      })),
  },
  on: { "room.ended": () => ({}) },
  audience: {
    "poll.answered": (polls, { poll, person }) =>
      polls[poll] !== undefined && isShownLive(polls[poll]) ? "everyone" : { persons: [person] },
  },
  visible: (polls, { person }) => {
    if (Object.values(polls).every(areAnswersShown)) return polls;
    const seen = Object.entries(polls).map(([seq, poll]) => {
      const { [person]: own } = poll.answers;
      const answers = own === undefined ? {} : { [person]: own };
      return [seq, areAnswersShown(poll) ? poll : { ...poll, answers }];
    });
    return Object.fromEntries(seen) as Polls;
  },
});

/** Whether everyone sees who answers what as it happens. */
export function isShownLive({ names, results }: Poll): boolean {
  return names === "named" && results === "live";
}

function areAnswersShown(poll: Poll): boolean {
  return isShownLive(poll) || poll.names === "named" && poll.closedAt !== null;
}

/** How many people have answered, and what. */
export function tally(
  { options }: Poll,
  answers: Poll["answers"],
): { readonly answered: number; readonly counts: number[] } {
  const given = Object.values<PollAnswer>(answers);
  const counts = options.map((_, index) => given.filter((answer) => answer.options.includes(index)).length);
  return { answered: given.length, counts };
}

function opened(
  polls: Polls,
  { seq, at, participantId, type: _, actor: _actor, cause: _cause, ...kind }: EventOf<
    typeof messages,
    "poll.opened"
  >,
): Polls {
  const counts = kind.results === "live" ? kind.options.map(() => 0) : null;
  const added: Polls = {
    ...polls,
    [seq]: {
      ...kind,
      seq,
      openedAt: at,
      openedBy: participantId,
      closedAt: null,
      answered: 0,
      counts,
      answers: {},
    },
  };
  let count = Object.keys(added).length;
  let answers = Object.values(added).reduce((sum, { answered }) => sum + answered, 0);
  const kept = Object.entries(added).filter(([, { closedAt, answered }]) => {
    const stays = closedAt === null || count <= POLLS_IN_STATE && answers <= ANSWERS_IN_STATE;
    if (!stays) [count, answers] = [count - 1, answers - answered];
    return stays;
  });
  return Object.fromEntries(kept) as Polls;
}

function change(polls: Polls, seq: number, how: (poll: Poll) => Partial<Poll>): Polls {
  const before = polls[seq];
  return before === undefined ? polls : { ...polls, [seq]: { ...before, ...how(before) } };
}

function byPerson(answers: readonly PollAnswer[]): Poll["answers"] {
  return Object.fromEntries(answers.map((answer) => [answer.person, answer])) as Poll["answers"];
}
