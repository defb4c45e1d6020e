import {
  devicesOf,
  type Participant,
  type ParticipantId,
  type PersonId,
  personOf,
} from "@tafelrunde/protocol";
import type { CallView } from "../call/api.ts";

/** The person of this page; undefined: not in the meeting. */
export function ownPerson({ you, state }: Pick<CallView, "you" | "state">): PersonId | undefined {
  const self = you && state.participants[you];
  return self && personOf(self);
}

/** Whether `id` is the person of this page, on this or another device. */
export function isOwn({ you, state }: Pick<CallView, "you" | "state">, id: ParticipantId): boolean {
  return id === you || devicesOf(state.participants, id).some((device) => device.id === you);
}

/** Other devices with which the person of this page is in the meeting. */
export function otherDevices({ you, state }: Pick<CallView, "you" | "state">): readonly Participant[] {
  return you === undefined ? [] : devicesOf(state.participants, you).filter(({ id }) => id !== you);
}
