import type { JSX } from "solid-js";
import { LanguageSwitch } from "./LanguageSwitch.tsx";
import { Logo } from "./Logo.tsx";
import styles from "./Page.module.css";

/** The frame of every page but the meeting: logo, language, content. */
export function Page(props: { readonly children: JSX.Element; readonly footer?: JSX.Element }) {
  return (
    <div class={styles.page}>
      <header class={styles.header}>
        <Logo />
        <LanguageSwitch />
      </header>
      <main class={styles.main}>{props.children}</main>
      {props.footer}
    </div>
  );
}
