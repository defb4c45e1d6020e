import * as v from "valibot";
import { CommandId, ParticipantId, SpaceId } from "./ids.ts";
import { record, strictObject } from "./object.ts";

/** Instant, ms since 1970 UTC, by the clock of the edge that stored the event. */
export const Instant = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * Position of an event in its room's log: 1, 2, 3 … without gaps. The database stores it as a 32-bit integer.
 */
export const Seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 31 - 1));

/** Any number that survives JSON: "1e309" would be parsed as Infinity and serialized as null. */
export const Finite = v.pipe(v.number(), v.finite());

/** A JSON object that only mediasoup interprets and checks. */
export const JsonObject = record(v.string(), v.unknown());
export type JsonObject = v.InferOutput<typeof JsonObject>;

/** Schema of a command: a client's request with an id chosen by the client. */
// @__NO_SIDE_EFFECTS__
export function command<const Type extends string, Entries extends v.ObjectEntries>(
  type: Type,
  entries: Entries,
) {
  return strictObject({ type: v.literal(type), id: CommandId, ...entries });
}

/** Schema of a message that is neither stored nor acknowledged. */
// @__NO_SIDE_EFFECTS__
export function message<const Type extends string, Entries extends v.ObjectEntries>(
  type: Type,
  entries: Entries,
) {
  return strictObject({
    /** Type of the message. */
    type: v.literal(type),
    ...entries,
  });
}

/**
 * Schema of an event: what happened, as stored and as sent. `actor` caused it (null: the system), `cause` is
 * the actor's command (null: none, or a later event of a command with several). `space`: the space that it
 * concerns, for features whose scope is the space; absent: the main room, or the whole room.
 */
// @__NO_SIDE_EFFECTS__
export function event<const Type extends string, Entries extends v.ObjectEntries>(
  type: Type,
  entries: Entries,
) {
  return strictObject({
    type: v.literal(type),
    seq: Seq,
    at: Instant,
    actor: v.nullable(ParticipantId),
    cause: v.nullable(CommandId),
    space: v.optional(SpaceId),
    ...entries,
  });
}

/** Result of `decide`: an event before it has its position in the log. */
export type Draft<E> = E extends unknown ? Omit<E, "seq" | "at" | "actor" | "cause" | "space"> : never;
