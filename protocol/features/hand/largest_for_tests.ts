import {
  type Largest,
  LARGEST_ID as id,
  LARGEST_PARTICIPANT as participantId,
} from "../../largest_for_tests.ts";
import type { messages } from "./messages.ts";

export const largest: Largest<typeof messages> = {
  "hand.raise": { id, raised: false },
  "hand.lower": { id, participantId },
};
