import type { AccountId } from "@tafelrunde/protocol";
import { type Answer, get, query } from "./request.ts";

/** A person of one's own organisation. */
export interface FoundPerson {
  readonly id: AccountId;
  readonly name: string;
  readonly email: string | null;
}

/** A few people whose name or address begins with `text`. */
export function findPeople(text: string): Promise<Answer<{ readonly items: readonly FoundPerson[] }>> {
  return get(`/v1/people${query({ search: text, limit: 8 })}`);
}
