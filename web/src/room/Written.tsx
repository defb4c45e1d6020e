import type { Content } from "@tafelrunde/protocol";
import { createMemo, type JSX, Show } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { readContent } from "./content.ts";
import styles from "./Written.module.css";

interface WrittenProps {
  readonly content: Content;
  /** Longest text that is accepted here, UTF-16 units. */
  readonly max: number;
  /** How the text is shown; default: as it is. */
  readonly children?: (text: string) => JSX.Element;
}

/** What a person wrote, or that it cannot be read here. Everything that people write is shown by this. */
export function Written(props: WrittenProps) {
  const text = createMemo(() => readContent(props.content, props.max));
  return (
    <Show
      when={text() !== undefined}
      fallback={<span class={styles.unreadable}>{roomWords().unreadable}</span>}
    >
      {props.children?.(text()!) ?? text()}
    </Show>
  );
}
