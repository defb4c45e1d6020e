import * as v from "valibot";
import { Content } from "./content.ts";
import { MAX_CONNECTIONS } from "./default_settings.ts";
import { ParticipantId, SpaceId } from "./ids.ts";
import { command, event } from "./message.ts";
import { list, strictObject } from "./object.ts";

/** Most spaces of a room at once, besides the main room. */
export const MAX_SPACES = 50;

/** Longest name of a space, UTF-16 units. */
export const MAX_SPACE_NAME = 80;

/** Most participants of one `space.move`: as many people as a room holds, each by one of their devices. */
export const MAX_MOVED = 500;

/** `isFree`: everyone may move there by themselves. */
const opening = { spaceId: SpaceId, name: Content, isFree: v.boolean() };

export const spaceCommands = {
  /** Opens spaces with ids made by the client; all of them, or none. */
  "space.open": command("space.open", {
    spaces: list(strictObject(opening), MAX_SPACES, 1),
  }),
  /**
   * Moves people, with all their devices, into a space; null: the main room. All of them, or none if one is
   * not in the room.
   */
  "space.move": command("space.move", {
    participantIds: list(ParticipantId, MAX_MOVED, 1),
    spaceId: v.nullable(SpaceId),
  }),
  /** Closes spaces; whoever is in them is in the main room from then on. */
  "space.close": command("space.close", { spaceIds: list(SpaceId, MAX_SPACES, 1) }),
};

export const spaceEvents = {
  "space.opened": event("space.opened", { spaces: list(strictObject(opening), MAX_SPACES) }),
  "space.moved": event("space.moved", {
    participantIds: list(ParticipantId, MAX_CONNECTIONS),
    spaceId: v.nullable(SpaceId),
  }),
  "space.closed": event("space.closed", { spaceIds: list(SpaceId, MAX_SPACES) }),
};

export type SpaceEvent = v.InferOutput<(typeof spaceEvents)[keyof typeof spaceEvents]>;
