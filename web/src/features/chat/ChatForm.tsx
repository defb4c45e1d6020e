import { MAX_CHAT_TEXT } from "@tafelrunde/protocol/features/chat/state";
import { createUniqueId, onMount, Show, untrack } from "solid-js";
import { refusalText } from "../../i18n/refusal_text.ts";
import { useUnavailable } from "../../room/availability.ts";
import { useCall } from "../../room/call_context.ts";
import { useRights } from "../../room/rights.ts";
import { control, isOfComposing } from "../../ui/controlled.ts";
import { Icon } from "../../ui/Icon.tsx";
import { draftOf } from "./chat_draft.ts";
import styles from "./ChatForm.module.css";
import { send } from "./icons.ts";
import { words } from "./words.ts";

/** Length from which the field shows the remaining characters. */
const COUNTED_FROM = MAX_CHAT_TEXT - 400;

/** The message field. It is cleared at once on sending; a refused message comes back. */
export function ChatForm() {
  const call = useCall();
  const id = createUniqueId();
  const draft = draftOf(untrack(() => call.view.roomId));
  const { text, refusal, charactersLeft: left } = draft;
  const rights = useRights();
  const unavailable = useUnavailable("chat");
  let field!: HTMLTextAreaElement;

  const hint = () => {
    const refused = refusal();
    if (!rights.may("chat")) return refusalText("chat.notAllowed");
    if (unavailable() !== undefined) return unavailable();
    if (refused !== undefined) return refusalText(refused.refused);
    if (left() < 0) return words().tooLong(-left(), MAX_CHAT_TEXT);
    return text().length > COUNTED_FROM ? words().left(left()) : words().hint;
  };

  const post = () => {
    field.focus();
    void draft.post(call);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || isOfComposing(event)) return;
    event.preventDefault();
    post();
  };

  // Not on touch screens: their keyboard would cover the conversation.
  onMount(() => matchMedia("(hover: hover)").matches && field.focus());

  return (
    <form
      class={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        post();
      }}
    >
      <div class={styles.row}>
        <div class={styles.grow} data-text={text()}>
          <textarea
            disabled={!rights.may("chat") || unavailable() !== undefined}
            ref={(element) => {
              field = element;
              control(element, text, draft.write);
            }}
            dir="auto"
            rows={1}
            aria-label={words().field}
            aria-describedby={id}
            aria-invalid={left() < 0}
            placeholder={words().placeholder}
            onKeyDown={onKeyDown}
          />
        </div>
        <button
          type="submit"
          class={styles.send}
          aria-label={words().send}
          aria-disabled={text().trim() === ""}
        >
          <Icon shape={send} size={20} />
        </button>
      </div>
      <p id={id} class={styles.hint} data-wrong={left() < 0 || refusal() ? "" : undefined}>
        {hint()}
      </p>
      <Show when={refusal() || left() < 0}>
        <span class="heard" role="alert">{hint()}</span>
      </Show>
    </form>
  );
}
