import { may, type ParticipantId, personOf, refuse, type RoomState, spaceOf } from "@tafelrunde/protocol";
import type { Timers } from "@tafelrunde/protocol/features/timer/state";
import type { EdgeFeature, EventDraft } from "../feature.ts";
import { WITH_THE_LOG } from "../retention_row.ts";

export const timer = {
  commands: {
    "timer.start": {
      adds: "write",
      decide({ lastsMs, asksReady }, { self, at }) {
        const endsAt = lastsMs === null ? null : at + lastsMs;
        return [{ type: "timer.started", participantId: self, endsAt, asksReady }];
      },
    },
    "timer.stop": {
      adds: "nothing",
      decide: (_command, { slice }) => slice.running === null ? [] : [ended("stopped")],
    },
    "timer.ready": {
      adds: ({ isReady }) => isReady ? "write" : "nothing",
      decide({ isReady }, { slice: { running }, state, self, person, at }) {
        const isOver = running === null || running.endsAt !== null && running.endsAt <= at;
        if (isOver || !running.asksReady) return refuse("timer.notAsking");
        if (running.ready.includes(person) === isReady) return [];
        const readied: EventDraft = { type: "timer.readied", participantId: self, person, isReady };
        const isLast = isReady && running.endsAt !== null &&
          asked(state, self).every((one) => one === person || running.ready.includes(one));
        return isLast ? [readied, ended("ready")] : [readied];
      },
    },
  },
  up: {},
  retention: [{ what: "A timer: who started it and when, who was ready", ...WITH_THE_LOG }],
  due: ({ running }: Timers) => running?.endsAt ?? null,
  onDue: ({ running }: Timers, at: number) =>
    running !== null && running.endsAt !== null && running.endsAt <= at ? [ended("over")] : [],
} satisfies EdgeFeature<"timer">;

function ended(reason: "over" | "ready" | "stopped"): EventDraft {
  return { type: "timer.ended", reason };
}

/** Everyone present in a participant's space who may say that they are ready. */
function asked({ participants, room }: RoomState, self: ParticipantId) {
  const space = spaceOf(participants, self);
  return Object.values(participants)
    .filter((one) =>
      one.presence === "here" && spaceOf(participants, one.id) === space &&
      may("sayReady", one, room.settings)
    )
    .map(personOf);
}
