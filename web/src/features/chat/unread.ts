import { createEffect, createMemo, createSignal } from "solid-js";
import { useCall } from "../../room/call_context.ts";
import type { Badge } from "../../ui/ControlButton.tsx";
import { words } from "./words.ts";

/** Number of others' messages since the chat was last open. Messages from before joining do not count. */
export function createUnread(isOpen: () => boolean): () => Badge | undefined {
  const call = useCall();
  const lastSeq = () => call.view.state.chat.at(-1)?.seq ?? 0;
  const [seenSeq, setSeenSeq] = createSignal(lastSeq());
  createEffect(() => {
    if (isOpen()) setSeenSeq(lastSeq());
  });
  const unread = createMemo(() =>
    call.view.state.chat.filter(({ seq, from }) => seq > seenSeq() && from !== call.view.you).length
  );
  return () => {
    const count = unread();
    if (count === 0) return undefined;
    return { text: count > 99 ? "99+" : `${count}`, heard: words().unread(count), isNew: true };
  };
}
