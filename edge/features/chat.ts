import { type BareContent, devicesOf, type Event, type ParticipantId, refuse } from "@tafelrunde/protocol";
import {
  type Chat,
  CHAT_PAGE,
  CHAT_PAGE_BYTES,
  chatBytes,
  MAX_CHAT_TEXT,
} from "@tafelrunde/protocol/features/chat/state";
import type { ChatMessage } from "@tafelrunde/protocol/features/chat/messages";
import { storableBare } from "../content.ts";
import type { EdgeFeature } from "../feature.ts";
import { WITH_THE_LOG } from "../retention_row.ts";
import { readChatBefore } from "../store/room_log.ts";

export const chat = {
  commands: {
    "chat.post": {
      adds: "text",
      decide(command, { state, self }) {
        const stored = storableBare(command.text, MAX_CHAT_TEXT);
        if (typeof stored === "string") return refuse(`chat.${stored}`);
        const { name } = state.participants[self]!;
        return [{ type: "chat.posted", participantId: self, name, text: stored.bare }];
      },
    },
    "chat.delete": {
      adds: "nothing",
      takesPoint: true,
      refersTo: ({ messageSeq }, chat) => carried(chat, messageSeq) === undefined ? messageSeq : null,
      decide({ messageSeq }, { slice, state, logged, self, may }) {
        const message = carried(slice, messageSeq) ?? posted(logged, messageSeq);
        const own = devicesOf(state.participants, self).map(({ id }) => id);
        const isOwn = message !== undefined && own.includes(message.from);
        if (!isOwn && !may("deleteMessages")) return refuse("deleteMessages.notAllowed");
        if (message === undefined) return refuse("chat.unknown");
        return message.text === null ? [] : [{ type: "chat.deleted", messageSeq }];
      },
    },
  },
  up: {
    "chat.before": {
      async answer({ id, before }, { db, roomId, space }) {
        const { messages, lookedFrom } = await readChatBefore(db, { roomId, space }, before, CHAT_PAGE);
        const page = newestThatFit(messages);
        const isCut = page.length < messages.length;
        const older = isCut || messages.length === CHAT_PAGE ? page[0]!.seq : lookedFrom;
        return { type: "chat.page", cause: id, messages: page, older };
      },
    },
  },
  erases: {
    "chat.deleted": ({ messageSeq }) => ({ seq: messageSeq, type: "chat.posted", body: { text: null } }),
  },
  retention: [
    { what: "A message of the chat: sender and their name, time, text", ...WITH_THE_LOG },
    {
      ...WITH_THE_LOG,
      what: "A message of the chat that its sender or a moderator has deleted: sender and time, no text",
      how:
        "the text goes at once; PostgreSQL's own files lose it when they are vacuumed. The rest: with the log",
    },
  ],
} satisfies EdgeFeature<"chat">;

interface Message {
  readonly from: ParticipantId;
  readonly text: BareContent | null;
}

function carried(chat: Chat, messageSeq: number): Message | undefined {
  return chat.find(({ seq }) => seq === messageSeq);
}

function posted(logged: Event | null, messageSeq: number): Message | undefined {
  return logged?.type === "chat.posted" && logged.seq === messageSeq
    ? { from: logged.participantId, text: logged.text }
    : undefined;
}

/** The newest of `messages` that fit in a page; at least one. */
function newestThatFit(messages: readonly ChatMessage[]): ChatMessage[] {
  let bytes = 0;
  let first = messages.length;
  while (first > 0) {
    bytes += chatBytes(messages[first - 1]!);
    if (bytes > CHAT_PAGE_BYTES && first < messages.length) break;
    first--;
  }
  return messages.slice(first);
}
