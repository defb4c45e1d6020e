import { createEffect, For, type JSX, onMount, Show } from "solid-js";
import { Page } from "../ui/Page.tsx";
import styles from "./DashboardPage.module.css";

interface DashboardPageProps {
  readonly title: string;
  /** Below the title. */
  readonly lead?: JSX.Element;
  /** Beside the title: the main action. */
  readonly actions?: JSX.Element;
  /** Above the title: a link back. */
  readonly back?: { readonly href: string; readonly text: string };
  readonly tabs?:
    | readonly { readonly href: string; readonly text: string; readonly isHere: boolean }[]
    | undefined;
  /** Accessible name of the tabs. */
  readonly tabsLabel?: string;
  readonly children: JSX.Element;
}

/** A dashboard page: title, actions, tabs, sections. */
export function DashboardPage(props: DashboardPageProps) {
  createEffect(() => {
    document.title = `${props.title} – Tafelrunde`;
  });
  let title!: HTMLHeadingElement;
  onMount(() => title.focus({ preventScroll: true }));
  return (
    <Page place="top">
      <div class={styles.dashboard}>
        <header class={styles.head}>
          <div class={styles.title}>
            <Show when={props.back}>
              {(back) => <a class={styles.back} href={back().href} tabindex={0}>← {back().text}</a>}
            </Show>
            <h1 ref={title} tabindex={-1} dir="auto">{props.title}</h1>
            <Show when={props.lead}>
              <div class={styles.lead} dir="auto">{props.lead}</div>
            </Show>
          </div>
          <Show when={props.actions}>
            <div class={styles.actions}>{props.actions}</div>
          </Show>
        </header>
        <Show when={props.tabs}>
          {(tabs) => (
            <nav class={styles.tabs} aria-label={props.tabsLabel ?? props.title}>
              <For each={tabs()}>
                {({ href, text, isHere }) => {
                  let tab!: HTMLAnchorElement;
                  onMount(() => isHere && show(tab));
                  return (
                    <a ref={tab} href={href} tabindex={0} aria-current={isHere ? "page" : undefined}>
                      {text}
                    </a>
                  );
                }}
              </For>
            </nav>
          )}
        </Show>
        {props.children}
      </div>
    </Page>
  );
}

/** Scrolls a tab into view where not all fit side by side. */
function show(tab: HTMLElement): void {
  tab.scrollIntoView({ block: "nearest", inline: "center" });
}
