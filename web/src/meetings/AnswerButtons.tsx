import { For } from "solid-js";
import type { GivenAnswer } from "../api/meetings.ts";
import { wordsOf } from "../i18n/language.ts";
import styles from "./AnswerButtons.module.css";

const ANSWERS = [["accepted", "yes"], ["tentative", "maybe"], ["declined", "no"]] as const;

interface AnswerButtonsProps {
  readonly answer: GivenAnswer | "none";
  readonly isBusy: boolean;
  readonly onGive: (answer: GivenAnswer) => void;
}

/** Yes, maybe, no. */
export function AnswerButtons(props: AnswerButtonsProps) {
  return (
    <div class={styles.answers} role="group" aria-label={wordsOf("dashboard").meetings.page.yourAnswer}>
      <For each={ANSWERS}>
        {([answer, word]) => (
          <button
            type="button"
            aria-pressed={props.answer === answer}
            aria-disabled={props.isBusy}
            data-answer={answer}
            onClick={() => props.isBusy || props.onGive(answer)}
          >
            {wordsOf("dashboard").meetings.page[word]}
          </button>
        )}
      </For>
    </div>
  );
}
