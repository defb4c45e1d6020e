import { createEffect, type JSX, Show } from "solid-js";
import { Mark } from "../ui/Logo.tsx";
import { Page } from "../ui/Page.tsx";
import styles from "./SignFrame.module.css";

interface SignFrameProps {
  readonly title: string;
  readonly lead?: JSX.Element;
  readonly children: JSX.Element;
}

/** A small centred sheet: for signing in and one-time pages. */
export function SignFrame(props: SignFrameProps) {
  createEffect(() => {
    document.title = `${props.title} – Tafelrunde`;
  });
  return (
    <Page>
      <div class={styles.sheet}>
        <div class={styles.head}>
          <Mark size={56} />
          <h1>{props.title}</h1>
          <Show when={props.lead}>
            <p class={styles.lead}>{props.lead}</p>
          </Show>
        </div>
        {props.children}
      </div>
    </Page>
  );
}
