import type { FeatureMessages } from "./feature.ts";

/**
 * The largest message of each type that a client sends, without its type: a forgotten one does not compile.
 */
export type Largest<M extends FeatureMessages> = Readonly<
  Record<keyof M["commands"] | keyof M["up"], object>
>;

/** The character that takes the most room in JSON, 6 bytes: a lone surrogate. */
export const largestText = (chars: number): string => "\ud800".repeat(chars);

export const LARGEST_ID = "ffffffff-ffff-4fff-bfff-ffffffffffff";
export const LARGEST_SEQ = 2 ** 31 - 1;
export const LARGEST_PARTICIPANT = "a".repeat(26);
