import { type Largest, LARGEST_ID as id } from "../../largest_for_tests.ts";
import type { messages } from "./messages.ts";

export const largest: Largest<typeof messages> = {
  "timer.start": { id, lastsMs: 86_400_000, asksReady: false },
  "timer.stop": { id },
  "timer.ready": { id, isReady: false },
};
