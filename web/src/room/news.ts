import type { ChatMessage, ParticipantId, RoomState } from "@tafelrunde/protocol";

/** News about others, worth a toast. */
export type News =
  | { readonly what: "joined" | "left" | "hand"; readonly names: readonly string[] }
  | { readonly what: "chat"; readonly message: ChatMessage };

/** The news between two states of the room, without oneself (`you`). */
export function newsBetween(before: RoomState, now: RoomState, you: ParticipantId | undefined): News[] {
  const isOther = (id: string) => id !== you;
  const added = (from: object, to: object) =>
    Object.keys(to).filter((id) => isOther(id) && !Object.hasOwn(from, id));
  const nameOf = (id: string) =>
    (now.participants[id as ParticipantId] ?? before.participants[id as ParticipantId])?.name ?? "";

  const news: News[] = [];
  const joined = added(before.participants, now.participants).map(nameOf);
  const left = added(now.participants, before.participants).map(nameOf);
  const hands = added(before.hand, now.hand).map(nameOf);
  if (joined.length > 0) news.push({ what: "joined", names: joined });
  if (left.length > 0) news.push({ what: "left", names: left });
  if (hands.length > 0) news.push({ what: "hand", names: hands });
  const message = now.chat.at(-1);
  if (message !== undefined && isOther(message.from) && message.seq > lastSeq(before)) {
    news.push({ what: "chat", message });
  }
  return news;
}

function lastSeq(state: RoomState): number {
  return state.chat.at(-1)?.seq ?? 0;
}
