import type * as v from "valibot";
import { coreCommands } from "./core_messages.ts";
import { featureCommands, featureUp } from "./feature_schemas.ts";
import { peerUp } from "./peer.ts";
import { sessionUp } from "./session.ts";

/** Commands: decided against the room's state, stored as events, acknowledged. */
export const commands = { ...coreCommands, ...featureCommands };

/** All messages that a client can send, by type. */
export const up = { ...sessionUp, ...peerUp, ...featureUp, ...commands };

export type Command = v.InferOutput<(typeof commands)[keyof typeof commands]>;
export type Up = v.InferOutput<(typeof up)[keyof typeof up]>;
/** The message of one type. */
export type UpOf<Type extends Up["type"]> = Extract<Up, { type: Type }>;
