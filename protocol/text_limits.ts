/** Longest word to somebody who is not let in, characters. Apart from the schemas: pages need this and no valibot. */
export const MAX_DECLINE_TEXT = 200;
