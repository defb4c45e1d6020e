/** What of the meeting opens at somebody's wish, in one file that loads behind the first picture. */
export { Chat } from "./Chat.tsx";
export { DeviceDialog } from "./DeviceDialog.tsx";
export { Moderation } from "./Moderation.tsx";
export { ParticipantsPanel } from "./ParticipantsPanel.tsx";
