import { type Refusal, type RoomId } from "@tafelrunde/protocol";
import { MAX_CHAT_TEXT } from "@tafelrunde/protocol/features/chat/state";
import { createRoot, createSignal } from "solid-js";
import type { Call } from "../../call/api.ts";

/** The draft of a room's chat message. It outlives the panel, and leaving and re-entering the meeting. */
export interface ChatDraft {
  readonly text: () => string;
  readonly write: (text: string) => void;
  /** Why the last message was refused; undefined: it was not, or the person has typed since. */
  readonly refusal: () => Refusal | undefined;
  /** Sends the draft. A refused message comes back, before any text typed in the meantime. */
  readonly post: (call: Call) => Promise<void>;
  readonly charactersLeft: () => number;
}

let kept: { readonly roomId: RoomId; readonly draft: ChatDraft } | undefined;

/** The draft of this room; drafts of earlier rooms are discarded. */
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
