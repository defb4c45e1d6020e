import * as v from "valibot";
import { CommandId, ParticipantId } from "./ids.ts";
import { record, strictObject } from "./object.ts";

/** Instant, ms since 1970 UTC, by the clock of the edge that stored the event. */
export const Instant = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** Position of an event in its room's log: 1, 2, 3 … without gaps. The database has it as an integer of 32 bits. */
export const Seq = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(2 ** 31 - 1));

/** Any number that JSON can carry back: "1e309" is read as Infinity, and written again as null. */
export const Finite = v.pipe(v.number(), v.finite());

/** A JSON object whose inside concerns only mediasoup, which checks it. */
export const JsonObject = record(v.string(), v.unknown());
export type JsonObject = v.InferOutput<typeof JsonObject>;

/** Schema of a command: what a client asks for, with an id of its own. */
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
    /** Which message it is. */
    type: v.literal(type),
    ...entries,
  });
}

/**
 * Schema of an event: what happened, as stored and as sent. `actor` did it (null: the system), `cause` is the actor's command
 * (null: none, or one of several events of one command that is not its first).
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
    ...entries,
  });
}

/** What `decide` makes: an event before it has its place in the log. */
export type Draft<E> = E extends unknown ? Omit<E, "seq" | "at" | "actor" | "cause"> : never;
