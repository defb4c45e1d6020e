import { sentence } from "../../i18n/isolate.ts";
import { plural } from "../../i18n/plural.ts";

const count = plural("en");

export const en = {
  title: "Polls",
  none: "There are no polls yet.",
  noneHint: "Moderators can ask everyone a question here.",
  create: "New poll",
  question: "Question",
  questionHint: "Everyone in the meeting can read it.",
  option: (n: number) => `Answer ${n}`,
  addOption: "Add an answer",
  removeOption: (n: number) => `Remove answer ${n}`,
  isMultiple: "People may choose several answers",
  results: "Results",
  resultsWhen: { live: "Live", end: "At the end" },
  names: "Names",
  namesShown: { named: "Shown", hidden: "Hidden" },
  namedHint: "Everyone sees who answered what.",
  hiddenHint:
    "Nobody in the meeting sees who answered what. The operator of the service could: it is in their log.",
  lasts: "Ends",
  lastsFor: {
    never: "When I end it",
    "1": "After 1 minute",
    "5": "After 5 minutes",
    "15": "After 15 minutes",
  },
  open: "Start poll",
  cancel: "Cancel",
  answer: "Answer",
  change: "Change answer",
  withdraw: "Withdraw answer",
  yours: "Your answer",
  end: "End poll",
  ended: "Ended",
  left: (time: string) => `Ends in ${time}`,
  answered: (n: number) => count(n, { one: "One person has answered", other: `${n} people have answered` }),
  pending: "The results are shown when the poll has ended.",
  votes: (n: number, percent: number) => `${n} · ${percent} %`,
  unanswered: (n: number) => count(n, { one: "One poll to answer", other: `${n} polls to answer` }),
  opened: (question: string) => sentence`New poll: ${question}`,
  closed: (question: string) => sentence`Poll ended: ${question}`,
  refused: {
    "poll.questionInvalid": "A question needs 1 to 300 characters.",
    "poll.optionsInvalid": "A poll needs 2 to 20 different answers of 1 to 200 characters.",
    "poll.answerInvalid": "This poll does not have that answer.",
    "poll.full": "This poll takes no more answers.",
    "poll.tooMany": "Five polls are open already. End one of them first.",
    "poll.unknown": "This poll does not exist.",
    "poll.closed": "This poll has ended.",
  },
};

export type Words = typeof en;
