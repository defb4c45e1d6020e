import { type JSX, Show } from "solid-js";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import type { Submission } from "./submission.ts";
import styles from "./Form.module.css";
import { check } from "./icons.ts";
import { ErrorNotice } from "./ErrorNotice.tsx";

interface FormFootProps {
  readonly submission: Submission;
  /** Label of the button; "Save" by default. */
  readonly action?: string;
  readonly isSaved?: boolean;
  /** There is nothing to save. */
  readonly isIdle?: boolean;
  /** Loads the newest version after someone else has changed it. */
  readonly onReload?: () => void;
  /** Beside the button. */
  readonly children?: JSX.Element;
}

/** The end of a form: the error, the button, whether it is saved. */
export function FormFoot(props: FormFootProps) {
  const isOutdated = () => props.submission.error()?.status === 412;
  return (
    <div class={styles.foot}>
      <ErrorNotice
        error={props.submission.error()}
        action={isOutdated() && props.onReload !== undefined
          ? (
            <Button
              onClick={() => {
                props.submission.forget();
                props.onReload?.();
              }}
            >
              {wordsOf("dashboard").loadNewest}
            </Button>
          )
          : undefined}
      />
      <div class={styles.buttons}>
        <Button type="submit" look={props.isIdle ? "plain" : "primary"} busy={props.submission.isBusy()}>
          {props.action ?? wordsOf("dashboard").save}
        </Button>
        {props.children}
        <span class={styles.saved} role="status">
          <Show when={props.isSaved}>
            <Icon shape={check} size={18} />
            {wordsOf("dashboard").saved}
          </Show>
        </span>
      </div>
    </div>
  );
}
