import type { TokenKind } from "@tafelrunde/protocol";
import type { Shape } from "../ui/Icon.tsx";
import { ingest, phone, recorder } from "./icons.ts";

/** The icon of each kind of participant that is no person. */
export const KIND_SHAPE: Readonly<Record<TokenKind, Shape>> = { phone, ingest, recorder };
