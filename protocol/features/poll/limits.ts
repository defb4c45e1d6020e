/** Longest question, characters (UTF-16 units). */
export const MAX_QUESTION = 300;

/** Longest option, characters (UTF-16 units). */
export const MAX_OPTION = 200;

/** Fewest and most options. */
export const MIN_OPTIONS = 2;
export const MAX_OPTIONS = 20;

/** Most polls in a room's state; the oldest closed ones are left out. */
export const POLLS_IN_STATE = 30;

/** Most people who answer one poll: guests could come, answer and leave without end. */
export const MAX_ANSWERS = 500;

/** Most answers in a room's state: everyone who joins gets them. The oldest closed polls are left out. */
export const ANSWERS_IN_STATE = 1_000;

/** Most polls open at once. */
export const MAX_OPEN_POLLS = 5;
