import type * as v from "valibot";
import { participantCommands, participantEvents } from "./participant.ts";
import { roleCommands, roleEvents } from "./role.ts";
import { roomCommands, roomEvents } from "./room.ts";
import { spaceCommands, spaceEvents } from "./space.ts";
import { trackCommands, trackEvents } from "./track.ts";
import { waitingCommands, waitingEvents } from "./waiting.ts";

/** Commands of admission and media. */
export const coreCommands = {
  ...roomCommands,
  ...participantCommands,
  ...waitingCommands,
  ...roleCommands,
  ...spaceCommands,
  ...trackCommands,
};

/** Events of admission and media. */
export const coreEvents = {
  ...roomEvents,
  ...participantEvents,
  ...waitingEvents,
  ...roleEvents,
  ...spaceEvents,
  ...trackEvents,
};

export type CoreCommand = v.InferOutput<(typeof coreCommands)[keyof typeof coreCommands]>;
export type CoreEvent = v.InferOutput<(typeof coreEvents)[keyof typeof coreEvents]>;
