import { plural } from "../../i18n/plural.ts";

const count = plural("en");

export const en = {
  title: "Timer",
  kind: "Kind",
  kinds: { countdown: "Countdown", stopwatch: "Stopwatch" },
  minutes: "Minutes",
  minutesWrong: "Enter 1 to 600 minutes.",
  asksReady: "Ask whether people are ready",
  asksReadyHint: "A countdown ends early once everyone is.",
  start: "Start",
  cancel: "Cancel",
  stop: "Stop timer",
  ready: "I am ready",
  notReady: "Not ready yet",
  areReady: (n: number, of: number) => `${n} of ${count(of, { one: "one", other: `${of}` })} ready`,
  ended: { over: "The time is up.", ready: "Everyone is ready.", stopped: "The timer was stopped." },
  refused: {
    "timer.notAsking": "The timer has ended.",
  },
};

export type Words = typeof en;
