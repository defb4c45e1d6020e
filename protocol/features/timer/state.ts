import { featureState } from "../../feature.ts";
import type { ParticipantId, PersonId } from "../../ids.ts";
import { devicesOf, personOf } from "../../participant.ts";
import type { messages } from "./messages.ts";

/** A timer that runs, for everyone in the room. */
export interface Timer {
  readonly startedAt: number;
  readonly startedBy: ParticipantId;
  /** Null: a stopwatch. */
  readonly endsAt: number | null;
  readonly asksReady: boolean;
  /** Those who have said that they are ready. */
  readonly ready: readonly PersonId[];
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
  rights: { leadTimers: { least: "moderator" }, sayReady: { least: "guest", kinds: ["phone"] } },
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
    "timer.readied": (timers, { person, isReady }) => withReady(timers, person, isReady),
    "timer.ended": (_timers, { at, reason }) => ({ running: null, ended: { at, reason } }),
  },
  on: {
    "participant.left": (timers, { participantId }, participants) => {
      const devices = devicesOf(participants, participantId);
      return devices.length === 1 ? withReady(timers, personOf(devices[0]!), false) : timers;
    },
    "space.moved": (timers, { participantIds }, participants) =>
      participantIds.reduce((before, id) => {
        const devices = devicesOf(participants, id);
        const isWhole = devices.length > 0 && devices.every((device) => participantIds.includes(device.id));
        return isWhole ? withReady(before, personOf(devices[0]!), false) : before;
      }, timers),
    "room.ended": () => NONE,
  },
  predict: {
    "timer.ready": ({ running }, { isReady }, self) =>
      running?.asksReady
        ? { type: "timer.readied", participantId: self.id, person: personOf(self), isReady }
        : undefined,
  },
});

function withReady(timers: Timers, person: PersonId, isReady: boolean): Timers {
  const { running } = timers;
  if (running === null || running.ready.includes(person) === isReady) return timers;
  const others = running.ready.filter((one) => one !== person);
  return { ...timers, running: { ...running, ready: isReady ? [...others, person] : others } };
}
