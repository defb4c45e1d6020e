import type * as v from "valibot";
import { chatCommands, chatUp } from "./chat.ts";
import { handCommands } from "./hand.ts";
import { participantCommands } from "./participant.ts";
import { peerUp } from "./peer.ts";
import { reactionUp } from "./reaction.ts";
import { roleCommands } from "./role.ts";
import { roomCommands } from "./room.ts";
import { sessionUp } from "./session.ts";
import { trackCommands } from "./track.ts";
import { waitingCommands } from "./waiting.ts";

/** Commands: decided against the room's state, stored as events, acknowledged. */
export const commands = {
  ...roomCommands,
  ...participantCommands,
  ...waitingCommands,
  ...roleCommands,
  ...handCommands,
  ...chatCommands,
  ...trackCommands,
};

/** All messages that a client can send, by type. */
export const up = { ...sessionUp, ...peerUp, ...reactionUp, ...chatUp, ...commands };

export type Command = v.InferOutput<(typeof commands)[keyof typeof commands]>;
export type Up = v.InferOutput<(typeof up)[keyof typeof up]>;
/** The message of one type. */
export type UpOf<Type extends Up["type"]> = Extract<Up, { type: Type }>;
