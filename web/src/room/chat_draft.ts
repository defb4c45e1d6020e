import { MAX_CHAT_TEXT, type Refusal, type RoomId } from "@tafelrunde/protocol";
import { createRoot, createSignal } from "solid-js";
import type { Call } from "../call/api.ts";

/** What is being written in a room's chat. It outlives the panel, and the way out of the meeting and in again. */
export interface ChatDraft {
  readonly text: () => string;
  readonly write: (text: string) => void;
  /** Why the last message was refused; undefined: it was not, or something has been written since. */
  readonly refusal: () => Refusal | undefined;
  /** Sends what is written. What is refused comes back, ahead of what has been written meanwhile. */
  readonly post: (call: Call) => Promise<void>;
  readonly charactersLeft: () => number;
}

let kept: { readonly roomId: RoomId; readonly draft: ChatDraft } | undefined;

/** The draft of this room; of the room before nothing is kept. */
export function draftOf(roomId: RoomId): ChatDraft {
  if (kept?.roomId !== roomId) kept = { roomId, draft: createRoot(makeDraft) };
  return kept.draft;
}

function makeDraft(): ChatDraft {
  const [text, setText] = createSignal("");
  const [refusal, setRefusal] = createSignal<Refusal>();
  const charactersLeft = () => MAX_CHAT_TEXT - text().trim().length;
  return {
    text,
    refusal,
    charactersLeft,
    write: (written) => {
      setText(written);
      setRefusal(undefined);
    },
    post: async (call) => {
      const message = text().trim();
      if (message === "" || charactersLeft() < 0) return;
      setText("");
      setRefusal(undefined);
      const refused = await call.send({ type: "chat.post", text: message });
      if (refused === null) return;
      setText((since) => since.trim() === "" ? message : `${message}\n${since}`);
      setRefusal(refused);
    },
  };
}
