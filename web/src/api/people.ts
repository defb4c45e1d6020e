import type { AccountId } from "@tafelrunde/protocol";
import { type Answer, get, query } from "./request.ts";

/** Somebody of one's own organisation. */
export interface FoundPerson {
  readonly id: AccountId;
  readonly name: string;
  readonly email: string | null;
}

/** People whose name or address begins like this; a few. */
export function findPeople(text: string): Promise<Answer<{ readonly items: readonly FoundPerson[] }>> {
  return get(`/v1/people${query({ search: text, limit: 8 })}`);
}
