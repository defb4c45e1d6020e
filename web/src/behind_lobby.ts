/**
 * What loads behind the lobby, in one file: what comes into play once devices and the media path are being opened, or a person
 * asks the room for something. The meeting shares most of it.
 */
import "./ui/handed_focus.ts";
export { Devices } from "./call/devices.ts";
export { predict } from "./call/predict.ts";
export { CaptureNotices } from "./lobby/CaptureNotices.tsx";
export { LevelMeter } from "./lobby/LevelMeter.tsx";
export { Video } from "./ui/Video.tsx";
