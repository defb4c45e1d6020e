import { devicesOf, type ParticipantId, type Participants } from "@tafelrunde/protocol";

/** The participants who are the person of this page: on this device, and on their others. */
export function ownDevices(participants: Participants, you: ParticipantId | undefined): ParticipantId[] {
  if (you === undefined) return [];
  const devices = devicesOf(participants, you).map(({ id }) => id);
  return devices.length === 0 ? [you] : devices;
}
