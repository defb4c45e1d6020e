/** Longest word to somebody who is not let in, characters. Apart from the schemas: pages need this and no valibot. */
export const MAX_DECLINE_TEXT = 200;

/** Length of a text in characters as Unicode counts them, and JSON Schema's `maxLength`: an emoji beyond the first plane is one. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
