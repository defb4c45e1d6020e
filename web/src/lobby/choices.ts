/** Code that loads after the lobby and that the meeting needs only later: its device dialog needs it too. */
export { DeviceChoices } from "./DeviceChoices.tsx";
export { Elsewhere } from "./Elsewhere.tsx";
export { PlaceLine } from "./PlaceLine.tsx";
