import { type Largest, LARGEST_ID as id, largestText } from "../../largest_for_tests.ts";
import { MAX_NAME } from "../../text_limits.ts";
import type { messages } from "./messages.ts";

const tokenId = "a".repeat(16);

export const largest: Largest<typeof messages> = {
  "token.make": {
    id,
    tokenId,
    kind: "recorder",
    name: largestText(MAX_NAME),
    hash: "f".repeat(64),
    lastsMs: 86_400_000,
  },
  "token.revoke": { id, tokenId },
};
