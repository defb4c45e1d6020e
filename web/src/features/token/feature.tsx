import type { WebFeature } from "../../feature.ts";
import { load } from "./words.ts";

/** Tokens for phones, ingests and recorders have no interface yet; whoever makes one is told why not. */
export const token: WebFeature = { words: load };
