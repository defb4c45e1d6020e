/**
 * The protocol this build speaks. Raise it whenever a message changes in a way an older peer would misread; `version_test.ts` holds
 * the hash of all schemas, so that no change slips by. A server speaks this version and the one before.
 *
 * - 1: the first.
 * - 2: `moving`; the refusals `person.tooFrequent`, `room.tooFrequent` and `address.tooFrequent`; the close code 4430.
 * - 3: roles, the waiting room, room settings, reactions; `peer.moved`, tracks that are published again under their ids, measured round trips.
 */
export const PROTOCOL_VERSION = 3;

/** Oldest version the server still speaks. */
export const OLDEST_VERSION = 2;

/** Largest message either side of the signaling socket may send, bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
