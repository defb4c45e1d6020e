import { type JSX, Show } from "solid-js";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import type { Ask } from "./ask.ts";
import styles from "./Form.module.css";
import { check } from "./shapes.ts";
import { TroubleNotice } from "./TroubleNotice.tsx";

interface FormFootProps {
  readonly ask: Ask;
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
  const isOutdated = () => props.ask.trouble()?.status === 412;
  return (
    <div class={styles.foot}>
      <TroubleNotice
        trouble={props.ask.trouble()}
        action={isOutdated() && props.onReload !== undefined
          ? (
            <Button
              onClick={() => {
                props.ask.forget();
                props.onReload?.();
              }}
            >
              {wordsOf("desk").loadNewest}
            </Button>
          )
          : undefined}
      />
      <div class={styles.buttons}>
        <Button type="submit" look={props.isIdle ? "plain" : "primary"} busy={props.ask.isBusy()}>
          {props.action ?? wordsOf("desk").save}
        </Button>
        {props.children}
        <span class={styles.saved} role="status">
          <Show when={props.isSaved}>
            <Icon shape={check} size={18} />
            {wordsOf("desk").saved}
          </Show>
        </span>
      </div>
    </div>
  );
}
