import { contentOf } from "@tafelrunde/protocol/content_text";
import type { ChatMessage } from "@tafelrunde/protocol/features/chat/messages";
import { MAX_CHAT_TEXT } from "@tafelrunde/protocol/features/chat/state";
import { createEffect, createMemo, createSignal, For, on, onCleanup, onMount, Show } from "solid-js";
import { clockTime } from "../../i18n/clock.ts";
import { language, roomWords } from "../../i18n/language.ts";
import { useUnavailable } from "../../room/availability.ts";
import { useCall } from "../../room/call_context.ts";
import { isOwn } from "../../room/devices.ts";
import { useRights } from "../../room/rights.ts";
import { useSend } from "../../room/send.ts";
import { Written } from "../../room/Written.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import styles from "./Chat.module.css";
import { ChatForm } from "./ChatForm.tsx";
import { type ChatRow, chatRows } from "./chat_rows.ts";
import { arrowDown, bin } from "./icons.ts";
import { linkify } from "./linkify.ts";
import { createOlderChat } from "./older_chat.ts";
import { words } from "./words.ts";

/** Distance from the beginning at which older messages load, CSS pixels. */
const AT_BEGINNING = 200;

/** Distance from the end that counts as being there, CSS pixels. */
const AT_END = 48;

/** The chat in the log's order, and the message field. */
export function Chat() {
  const call = useCall();
  let list!: HTMLDivElement;
  let content!: HTMLDivElement;
  const [isAtEnd, setAtEnd] = createSignal(true);
  const [deleting, setDeleting] = createSignal<ChatMessage>();
  const older = createOlderChat(call);

  const rows = createMemo(() => {
    const pending = call.view.pending.filter(({ draft }) => draft.type === "chat.post").length;
    return chatRows(
      [...older.messages(), ...call.view.state.chat],
      call.view.you,
      pending,
      (id) => isOwn(call.view, id),
    );
  });
  const bySeq = createMemo(() => new Map(rows().map((row) => [row.message.seq, row])));
  /**
   * The same array while it contains the same messages: a message keeps its elements, with their focus and
   * selection.
   */
  const seqs = createMemo(() => rows().map(({ message }) => message.seq), [], {
    equals: (a, b) => a.length === b.length && a.every((seq, at) => seq === b[at]),
  });
  /** The list's size at the last check. */
  let size = "";
  const sizeNow = () => `${list.scrollHeight} ${list.clientHeight}`;
  const scrolled = () => {
    // Browsers scroll by themselves when something grows, and can report the scroll before the growth.
    if (isAtEnd() && sizeNow() !== size) return toEnd();
    size = sizeNow();
    setAtEnd(list.scrollHeight - list.scrollTop - list.clientHeight < AT_END);
    if (list.scrollTop < AT_BEGINNING && list.scrollHeight > list.clientHeight) void loadOlder();
  };
  /** Keeps the visible messages in place. */
  const loadOlder = async () => {
    const fromEnd = list.scrollHeight - list.scrollTop;
    if (!await older.load()) return;
    list.scrollTop = list.scrollHeight - fromEnd;
  };
  const lastSeq = () => call.view.state.chat.at(-1)?.seq;
  const toEnd = () => {
    list.scrollTop = list.scrollHeight;
    size = sizeNow();
    setAtEnd(true);
  };

  onMount(() => {
    toEnd();
    // Rotation, a keyboard, a banner, larger text, a translation: a list at its end stays there.
    const sizes = new ResizeObserver(() => {
      if (isAtEnd()) toEnd();
    });
    sizes.observe(list);
    sizes.observe(content);
    onCleanup(() => sizes.disconnect());
  });
  createEffect(on(lastSeq, () => {
    if (isAtEnd() || rows().at(-1)?.isOwn) toEnd();
  }, { defer: true }));

  return (
    <div class={styles.chat}>
      <div
        ref={list}
        class={styles.list}
        role="log"
        aria-label={words().log}
        tabindex={0}
        aria-busy={older.isLoading()}
        onScroll={scrolled}
      >
        <Show when={older.isLoading()}>
          <p class={styles.older}>{words().older}</p>
        </Show>
        <div ref={content} class={styles.content}>
          <For
            each={seqs()}
            fallback={
              <div class={styles.empty}>
                <p>{words().empty}</p>
                <p>{words().emptyHint}</p>
              </div>
            }
          >
            {(seq) => {
              const row = createMemo<ChatRow>((before) => bySeq().get(seq) ?? before, bySeq().get(seq)!);
              return <Row row={row()} onDelete={setDeleting} />;
            }}
          </For>
        </div>
      </div>
      <Show when={!isAtEnd()}>
        <button type="button" class={styles.fresh} onClick={toEnd}>
          <Icon shape={arrowDown} size={16} />
          {words().fresh}
        </button>
      </Show>
      <ChatForm />
      <Show when={deleting()}>
        {(message) => <Deletion message={message()} list={list} onClose={() => setDeleting(undefined)} />}
      </Show>
    </div>
  );
}

/** Asks for confirmation before a message is deleted: this cannot be undone. */
function Deletion(
  props: { readonly message: ChatMessage; readonly list: HTMLElement; readonly onClose: () => void },
) {
  const send = useSend();
  const remove = () => {
    void send({ type: "chat.delete", messageSeq: props.message.seq });
    // The button is deleted with the message.
    const { list } = props;
    props.onClose();
    queueMicrotask(() => list.focus({ preventScroll: true }));
  };
  return (
    <Dialog
      title={words().deleteTitle}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{roomWords().cancel}</Button>
          <Button look="danger" onClick={remove}>{words().delete}</Button>
        </>
      }
    >
      <p class={styles.quoted} dir="auto" translate="no">
        <Written content={contentOf(props.message.text ?? "")} max={MAX_CHAT_TEXT} />
      </p>
      <p>{words().deleteHint}</p>
    </Dialog>
  );
}

function Row(props: { readonly row: ChatRow; readonly onDelete: (message: ChatMessage) => void }) {
  const rights = useRights();
  const message = () => props.row.message;
  const text = createMemo(() => message().text);
  const unavailable = useUnavailable("chat");
  const mayDelete = () =>
    !props.row.isPending && (props.row.isOwn || rights.may("deleteMessages")) && unavailable() === undefined;
  return (
    <div
      class={styles.row}
      data-first={props.row.isFirst ? "" : undefined}
      data-own={props.row.isOwn ? "" : undefined}
      data-pending={props.row.isPending ? "" : undefined}
    >
      <Show when={props.row.isFirst}>
        <p class={styles.sender}>
          <b dir="auto" translate={props.row.isOwn ? undefined : "no"}>
            {props.row.isOwn ? roomWords().you : message().name}
          </b>
          <time datetime={new Date(message().at).toISOString()}>
            {clockTime(language(), message().at, Date.now())}
          </time>
        </p>
      </Show>
      <Show when={text() !== null} fallback={<p class={styles.deleted}>{words().deleted}</p>}>
        <div class={styles.said}>
          <p class={styles.text} dir="auto">
            <Written content={contentOf(text() ?? "")} max={MAX_CHAT_TEXT}>
              {(text) => (
                <For each={linkify(text)}>
                  {(piece) =>
                    "href" in piece
                      ? (
                        <a href={piece.href} tabindex={0} target="_blank" rel="noopener noreferrer nofollow">
                          {piece.text}
                        </a>
                      )
                      : piece.text}
                </For>
              )}
            </Written>
          </p>
          <Show when={mayDelete()}>
            <button
              type="button"
              class={styles.delete}
              aria-label={props.row.isOwn ? words().deleteOwn : words().deleteOf(message().name)}
              onClick={() => props.onDelete(message())}
            >
              <Icon shape={bin} size={16} />
            </button>
          </Show>
        </div>
      </Show>
      <Show when={props.row.isPending}>
        <p class={styles.sending}>{words().sending}</p>
      </Show>
    </div>
  );
}
