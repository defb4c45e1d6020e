/**
 * Code that loads after the lobby, in one file: needed once devices and the media transports open, or the
 * person sends something to the room. The meeting shares most of it.
 */
import "./ui/handed_focus.ts";
export { Devices } from "./call/devices.ts";
export { fold } from "./call/fold.ts";
export { CaptureNotices } from "./lobby/CaptureNotices.tsx";
export { LevelMeter } from "./lobby/LevelMeter.tsx";
export { Video } from "./ui/Video.tsx";
