/** Parts of the meeting that open on request, in one file that loads after the first picture. */
export { DeviceDialog } from "./DeviceDialog.tsx";
export { Moderation } from "./Moderation.tsx";
export { ParticipantsPanel } from "./ParticipantsPanel.tsx";
