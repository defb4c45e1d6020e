import { createUniqueId, type JSX, Show } from "solid-js";
import styles from "./Section.module.css";

interface SectionProps {
  readonly title: string;
  readonly lead?: JSX.Element;
  /** Beside the title. */
  readonly action?: JSX.Element;
  readonly children?: JSX.Element;
}

/** One topic of a page, on its own sheet. */
export function Section(props: SectionProps) {
  const id = createUniqueId();
  return (
    <section class={styles.section} aria-labelledby={id}>
      <div class={styles.head}>
        <div>
          <h2 id={id}>{props.title}</h2>
          <Show when={props.lead}>
            <p class={styles.lead}>{props.lead}</p>
          </Show>
        </div>
        {props.action}
      </div>
      {props.children}
    </section>
  );
}

/** Rows of things or people, each with its actions. */
export function Rows(props: { readonly label: string; readonly children: JSX.Element }) {
  return <ul class={styles.rows} aria-label={props.label}>{props.children}</ul>;
}

interface RowProps {
  readonly before?: JSX.Element;
  readonly title: JSX.Element;
  readonly text?: JSX.Element;
  readonly children?: JSX.Element;
}

/** One row. Its children are its actions. */
export function Row(props: RowProps) {
  return (
    <li class={styles.row}>
      {props.before}
      <div class={styles.what}>
        <div class={styles.title} dir="auto">{props.title}</div>
        <Show when={props.text}>
          <div class={styles.text}>{props.text}</div>
        </Show>
      </div>
      <Show when={props.children}>
        <div class={styles.does}>{props.children}</div>
      </Show>
    </li>
  );
}

/** An empty list: what would be here, and how to add it. */
export function Empty(props: { readonly title: string; readonly children?: JSX.Element }) {
  return (
    <div class={styles.empty}>
      <p>{props.title}</p>
      {props.children}
    </div>
  );
}

/** A label beside a name. */
export function Tag(
  props: { readonly tone?: "plain" | "good" | "wait" | "bad"; readonly children: JSX.Element },
) {
  return <span class={styles.tag} data-tone={props.tone ?? "plain"}>{props.children}</span>;
}
