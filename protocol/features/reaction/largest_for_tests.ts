import type { Largest } from "../../largest_for_tests.ts";
import type { messages } from "./messages.ts";

export const largest: Largest<typeof messages> = {
  "reaction.send": { reaction: "❤️" },
};
