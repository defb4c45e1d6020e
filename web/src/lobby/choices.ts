/** What loads behind the lobby and the meeting can do without at first: its dialog for the devices needs it too. */
export { DeviceChoices } from "./DeviceChoices.tsx";
export { PlaceLine } from "./PlaceLine.tsx";
