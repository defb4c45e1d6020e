import * as v from "valibot";
import { ParticipantId, PersonId } from "../../ids.ts";
import { command, event, Instant } from "../../message.ts";

export const messages = {
  commands: {
    /** Starts a timer, in place of one that runs. `lastsMs`: a countdown; null: a stopwatch. */
    "timer.start": command("timer.start", {
      lastsMs: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(5_000), v.maxValue(86_400_000))),
      /** Whether people are asked to say that they are ready. */
      asksReady: v.boolean(),
    }),
    "timer.stop": command("timer.stop", {}),
    /** Whether one is ready, for a timer that asks. */
    "timer.ready": command("timer.ready", { isReady: v.boolean() }),
  },
  events: {
    "timer.started": event("timer.started", {
      participantId: ParticipantId,
      /** Null: a stopwatch. */
      endsAt: v.nullable(Instant),
      asksReady: v.boolean(),
    }),
    "timer.readied": event("timer.readied", {
      participantId: ParticipantId,
      person: PersonId,
      isReady: v.boolean(),
    }),
    "timer.ended": event("timer.ended", {
      /** "over": the countdown has run out; "ready": everyone is; "stopped": by a moderator. */
      reason: v.picklist(["over", "ready", "stopped"]),
    }),
  },
  up: {},
  down: {},
  settings: {},
  rest: {},
};
