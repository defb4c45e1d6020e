import { createSignal, createUniqueId, type JSX, Show } from "solid-js";
import { wordsOf } from "../i18n/language.ts";
import { copyText } from "../ui/clipboard.ts";
import { Button } from "../ui/Button.tsx";
import { check, copy } from "./icons.ts";
import styles from "./CopyField.module.css";

interface CopyFieldProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: JSX.Element;
}

/** A text to copy: fully visible, selected by a click, copied by the button. */
export function CopyField(props: CopyFieldProps) {
  const id = createUniqueId();
  return (
    <div class={styles.field}>
      <label for={id}>{props.label}</label>
      <div class={styles.row}>
        <input
          id={id}
          readonly
          value={props.value}
          aria-describedby={props.hint ? `${id}-hint` : undefined}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton text={props.value} />
      </div>
      <Show when={props.hint}>
        <p id={`${id}-hint`} class={styles.hint}>{props.hint}</p>
      </Show>
    </div>
  );
}

interface CopyButtonProps {
  /**
   * The text to copy; a function if it must be requested. It resolves to undefined if the text is
   * unavailable.
   */
  readonly text: string | (() => Promise<string | undefined>);
  /** Label of the button; "Copy" by default. */
  readonly children?: string;
  readonly look?: "primary" | "plain" | "quiet";
  readonly label?: string;
}

/** Copies a text to the clipboard and confirms it. */
export function CopyButton(props: CopyButtonProps) {
  const [isCopied, setCopied] = createSignal(false);
  const put = async () => {
    const { text, isCopied } = await copyText(typeof props.text === "string" ? props.text : props.text());
    if (isCopied) setCopied(true);
    else if (text !== undefined) prompt(wordsOf("dashboard").notCopied, text);
  };
  return (
    <>
      <Button
        look={props.look ?? "plain"}
        shape={isCopied() ? check : copy}
        label={props.label}
        onClick={() => void put()}
      >
        {isCopied() ? wordsOf("dashboard").copied : props.children ?? wordsOf("dashboard").copy}
      </Button>
      <span class="heard" role="status">{isCopied() ? wordsOf("dashboard").copied : ""}</span>
    </>
  );
}
