import type { RefusalCode } from "@tafelrunde/protocol";
import { vocabularies, words } from "./language.ts";

/** A vocabulary that can have texts of refusals: that of the meeting, and those of features. */
interface Refusing {
  readonly refused?: Readonly<Partial<Record<RefusalCode, string>>>;
}

/**
 * The text of a refusal, from the vocabularies that are loaded; all missing rights share one sentence. Read
 * it in JSX: it changes with the language.
 */
export function refusalText(code: RefusalCode): string {
  const spoken: Refusing[] = [words(), ...vocabularies()];
  return spoken.map(({ refused }) => refused?.[code]).find((text) => text !== undefined) ??
    words().notAllowed;
}
