/**
 * The protocol version of this build. Raise it whenever a message changes in a way that an older client or
 * server would misread; `version_test.ts` and each feature's `messages_test.ts` hold the hashes of all
 * schemas, so that no change goes unnoticed.
 * - 3: the first released version.
 * - 4: polls.
 */
export const PROTOCOL_VERSION = 4;

/** Oldest version that the server still speaks. */
export const OLDEST_VERSION = 3;

/**
 * Newest client version that the server accepts: one release ahead. The server answers with the version that
 * both speak.
 */
export const NEWEST_CLIENT_VERSION = PROTOCOL_VERSION + 1;

/** Largest message on the signaling socket in either direction, bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 64 * 1024;
