/**
 * The protocol this build speaks. Raise it whenever a message changes in a way an older peer would misread; `version_test.ts` holds
 * the hash of all schemas, so that no change slips by.
 *
 * - 3: the first that is released.
 */
export const PROTOCOL_VERSION = 3;

/** Oldest version the server still speaks. */
export const OLDEST_VERSION = 3;

/** Newest version of a client that the server takes in: one release ahead. It is told the version that both speak. */
export const NEWEST_CLIENT_VERSION = PROTOCOL_VERSION + 1;

/** Largest message either side of the signaling socket may send, bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
