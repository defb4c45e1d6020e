import type { Part } from "./part.ts";
import { calendars } from "./calendars.ts";
import { generatedJava, generatedPython, goClient, pythonClient } from "./clients.ts";
import { linters } from "./linters.ts";
import { schemathesis } from "./schemathesis.ts";

/** In the order in which they run. */
export const PARTS: readonly Part[] = [
  linters,
  pythonClient,
  goClient,
  generatedPython,
  generatedJava,
  ...schemathesis,
  calendars,
];
