import { featureState } from "../../feature.ts";
import type { ParticipantId } from "../../ids.ts";
import type { messages } from "./messages.ts";

/** A timer that runs, for everyone in the room. */
export interface Timer {
  readonly startedAt: number;
  readonly startedBy: ParticipantId;
  /** Null: a stopwatch. */
  readonly endsAt: number | null;
  readonly asksReady: boolean;
  /** Those who have said that they are ready. */
  readonly ready: readonly ParticipantId[];
}

/** The room's timer, and how the last one ended. */
export interface Timers {
  /** Null: none runs. */
  readonly running: Timer | null;
  /** Null: none has ended yet. */
  readonly ended: { readonly at: number; readonly reason: "over" | "ready" | "stopped" } | null;
}

const NONE: Timers = { running: null, ended: null };

export const timer = featureState<typeof messages, Timers>()({
  since: 4,
  scope: "space",
  empty: NONE,
  rights: { leadTimers: { least: "moderator" }, sayReady: { least: "guest" } },
  needs: {
    "timer.start": () => "leadTimers",
    "timer.stop": () => "leadTimers",
    "timer.ready": () => "sayReady",
  },
  refusals: [
    /** No timer runs, or it does not ask whether people are ready. */
    "timer.notAsking",
  ],
  evolve: {
    "timer.started": (timers, { at, participantId, endsAt, asksReady }) => ({
      ...timers,
      running: { startedAt: at, startedBy: participantId, endsAt, asksReady, ready: [] },
    }),
    "timer.readied": (timers, { participantId, isReady }) => withReady(timers, participantId, isReady),
    "timer.ended": (_timers, { at, reason }) => ({ running: null, ended: { at, reason } }),
  },
  on: {
    "participant.left": (timers, { participantId }) => withReady(timers, participantId, false),
    "space.moved": (timers, { participantIds }) =>
      participantIds.reduce((before, id) => withReady(before, id, false), timers),
    "room.ended": () => NONE,
  },
  predict: {
    "timer.ready": ({ running }, { isReady }, { id }) =>
      running?.asksReady ? { type: "timer.readied", participantId: id, isReady } : undefined,
  },
});

function withReady(timers: Timers, id: ParticipantId, isReady: boolean): Timers {
  const { running } = timers;
  if (running === null || running.ready.includes(id) === isReady) return timers;
  const others = running.ready.filter((one) => one !== id);
  return { ...timers, running: { ...running, ready: isReady ? [...others, id] : others } };
}
