import type { ChatMessage } from "@tafelrunde/protocol/features/chat/messages";
import { withoutText } from "@tafelrunde/protocol/features/chat/state";
import { createEffect, createSignal, on, onCleanup } from "solid-js";
import type { Call } from "../../call/api.ts";

/** Messages older than those in the room state, as far as the person has scrolled up. */
export interface OlderChat {
  readonly messages: () => readonly ChatMessage[];
  readonly isLoading: () => boolean;
  /** Loads the page before the oldest message. False: there is none, or it is loading, or unavailable now. */
  load(): Promise<boolean>;
}

/**
 * The messages of `older` and the previous `chat` that stay on the screen now that `chat` is new: none across
 * a gap.
 */
export function keepOlder(
  older: readonly ChatMessage[],
  before: readonly ChatMessage[],
  chat: readonly ChatMessage[],
): readonly ChatMessage[] {
  const first = chat[0]?.seq;
  const last = before.at(-1)?.seq;
  if (first === undefined || last === undefined) return older;
  if (last < first) return [];
  const fallen = before.filter(({ seq }) => seq < first);
  return fallen.length === 0 ? older : [...older, ...fallen];
}

/** Follows the chat of a call. Messages that fall out of the room state while visible stay. */
export function createOlderChat(call: Call): OlderChat {
  const [messages, setMessages] = createSignal<readonly ChatMessage[]>([]);
  const [isLoading, setLoading] = createSignal(false);
  /** The next request position; undefined: before the oldest message, null: the log has nothing older. */
  let next: number | null | undefined;
  let before: readonly ChatMessage[] = [];
  createEffect(on(() => call.view.state.chat, (chat) => {
    const kept = keepOlder(messages(), before, chat);
    if (kept.length === 0 && messages().length > 0) next = undefined;
    if (kept !== messages()) setMessages(kept);
    before = [...chat];
  }));
  const life = new AbortController();
  onCleanup(() => life.abort());
  call.listen({
    event(event) {
      if (event.type === "chat.deleted") setMessages((older) => withoutText(older, event.messageSeq));
    },
  }, life.signal);
  return {
    messages,
    isLoading,
    async load() {
      const oldest = next === undefined ? (messages()[0] ?? call.view.state.chat[0])?.seq : next;
      if (isLoading() || oldest === undefined || oldest === null) return false;
      setLoading(true);
      const page = await call.question({ type: "chat.before", before: oldest });
      setLoading(false);
      if (page?.type !== "chat.page") return false;
      next = page.older;
      setMessages([...page.messages, ...messages()]);
      return page.messages.length > 0 || next !== null;
    },
  };
}
