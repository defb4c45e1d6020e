/**
 * Longest message to a declined participant, characters. Separate from the schemas: pages need it without
 * valibot.
 */
export const MAX_DECLINE_TEXT = 200;

/** Longest name of a participant, characters. */
export const MAX_NAME = 80;

/**
 * Length of a text in Unicode code points, like JSON Schema's `maxLength`: an emoji beyond the first plane
 * counts as one.
 */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
