import { type JSX, lazy, Suspense } from "solid-js";
import { LanguageSwitch } from "./LanguageSwitch.tsx";
import { Logo } from "./Logo.tsx";
import styles from "./Page.module.css";

const Me = lazy(async () => ({ default: (await import("../me/Me.tsx")).Me }));
const Legal = lazy(async () => ({ default: (await import("../me/Legal.tsx")).Legal }));

interface PageProps {
  readonly children: JSX.Element;
  /** "center" (the default): one centred thing; "top": a page to read and work on. */
  readonly place?: "center" | "top";
  readonly footer?: JSX.Element;
}

/** The frame of every page except the meeting: logo, language, account, content. */
export function Page(props: PageProps) {
  return (
    <div class={styles.page}>
      <header class={styles.header}>
        <Logo />
        <div class={styles.right}>
          <LanguageSwitch />
          <Suspense>
            <Me />
          </Suspense>
        </div>
      </header>
      <main class={styles.main} data-place={props.place ?? "center"}>{props.children}</main>
      {props.footer}
      <Suspense>
        <Legal />
      </Suspense>
    </div>
  );
}
