import * as v from "valibot";
import { strictObject } from "./object.ts";
import { MAX_SEALED } from "./content_text.ts";

/**
 * Text that only the clients of an encrypted meeting can read (RFC 9420, RFC 9605). Edges check its size,
 * store it and forward it.
 */
export const Sealed = strictObject({
  /** The encrypted text, in base64url without padding. */
  sealed: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_SEALED), v.regex(/^[A-Za-z0-9_-]+$/)),
  /** The group's epoch whose key opens it. */
  epoch: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** The sender's leaf in the group's tree. */
  sender: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1)),
});
export type Sealed = v.InferOutput<typeof Sealed>;

/**
 * Text that a person wrote for the others in a meeting: readable, or sealed if the meeting is encrypted. No
 * edge may need to read it; what an edge must read (names of rooms, the words to a declined person) is a
 * plain text.
 */
export const Content = v.union([
  strictObject({
    /** The text, readable. */
    text: v.string(),
  }),
  Sealed,
]);
export type Content = v.InferOutput<typeof Content>;

/** `Content` in the messages that protocol version 3 knows: there `{text}` is written as the text alone. */
export const BareContent = v.union([v.string(), Sealed]);
export type BareContent = v.InferOutput<typeof BareContent>;
