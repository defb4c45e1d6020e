import type { Part } from "./part.ts";
import { calendars } from "./calendars.ts";
import { goClient, pythonClient } from "./clients.ts";
import { linters } from "./linters.ts";

/** In the order in which they run. */
export const PARTS: readonly Part[] = [linters, pythonClient, goClient, calendars];
