import { type Largest, LARGEST_ID as id, LARGEST_SEQ as poll, largestText } from "../../largest_for_tests.ts";
import { MAX_OPTION, MAX_OPTIONS, MAX_QUESTION } from "./limits.ts";
import type { messages } from "./messages.ts";

export const largest: Largest<typeof messages> = {
  "poll.open": {
    id,
    question: { text: largestText(MAX_QUESTION) },
    options: Array.from({ length: MAX_OPTIONS }, () => ({ text: largestText(MAX_OPTION) })),
    isMultiple: false,
    results: "live",
    names: "hidden",
    lastsMs: 86_400_000,
  },
  "poll.answer": { id, poll, options: Array.from({ length: MAX_OPTIONS }, (_, index) => index) },
  "poll.close": { id, poll },
};
