import * as v from "valibot";
import { Audience } from "../../audience_setting.ts";
import { BareContent } from "../../content.ts";
import { CommandId, ParticipantId } from "../../ids.ts";
import { command, event, Instant, message, Seq } from "../../message.ts";
import { strictObject } from "../../object.ts";

export const ChatMessage = strictObject({
  /** The event's position in the log: unique in the room, and the sort order. */
  seq: Seq,
  at: Instant,
  from: ParticipantId,
  /** The sender's name at the time of sending; kept after they leave. */
  name: v.string(),
  /** Null: it was deleted. */
  text: v.nullable(BareContent),
});
export type ChatMessage = v.InferOutput<typeof ChatMessage>;

export const messages = {
  commands: {
    "chat.post": command("chat.post", { text: BareContent }),
    /** Deletes the text of a message: one's own, or with the right to, another's. */
    "chat.delete": command("chat.delete", { messageSeq: Seq }),
  },
  events: {
    /** `text` is null once it was deleted, so that later readers of the log do not get it. */
    "chat.posted": event("chat.posted", {
      participantId: ParticipantId,
      name: v.string(),
      text: v.nullable(BareContent),
    }),
    "chat.deleted": event("chat.deleted", { messageSeq: Seq }),
  },
  up: {
    /** Requests messages older than `before`. Answered by `chat.page`, or refused. */
    "chat.before": message("chat.before", { id: CommandId, before: Seq }),
  },
  down: {
    /**
     * The newest messages before the one named by `chat.before`, oldest first. `older`: the `before` of the
     * next request; null: there are no more.
     */
    "chat.page": message("chat.page", {
      cause: CommandId,
      messages: v.array(ChatMessage),
      older: v.nullable(Seq),
    }),
  },
  settings: { chat: Audience },
  rest: {},
};

export type ChatPage = v.InferOutput<(typeof messages)["down"]["chat.page"]>;
