import { type Largest, LARGEST_ID as id, LARGEST_SEQ, largestText } from "../../largest_for_tests.ts";
import type { messages } from "./messages.ts";
import { MAX_CHAT_TEXT } from "./state.ts";

export const largest: Largest<typeof messages> = {
  "chat.post": { id, text: largestText(MAX_CHAT_TEXT) },
  "chat.delete": { id, messageSeq: LARGEST_SEQ },
  "chat.before": { id, before: LARGEST_SEQ },
};
