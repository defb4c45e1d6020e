import { type JSX, Show, splitProps } from "solid-js";
import styles from "./Button.module.css";
import { Icon, type Shape } from "./Icon.tsx";
import { spinner } from "./shapes.ts";

interface Look {
  /** "primary": the one thing to do here; "plain": the others; "quiet": in passing. */
  readonly look?: "primary" | "plain" | "quiet";
  readonly shape?: Shape;
  /** Work is under way: the button keeps its place and its focus, and does nothing. */
  readonly busy?: boolean;
}

type ButtonProps = Look & JSX.ButtonHTMLAttributes<HTMLButtonElement>;
type LinkProps = Look & JSX.AnchorHTMLAttributes<HTMLAnchorElement>;

/** A button with words in it. */
export function Button(props: ButtonProps) {
  const [look, rest] = splitProps(props, ["look", "shape", "busy", "children", "onClick", "type"]);
  return (
    <button
      {...rest}
      type={look.type ?? "button"}
      class={styles.button}
      data-look={look.look ?? "plain"}
      aria-disabled={look.busy}
      onClick={(event) => {
        if (look.busy) return event.preventDefault();
        if (typeof look.onClick === "function") look.onClick(event);
      }}
    >
      <Show
        when={look.busy}
        fallback={<Show when={look.shape}>{(shape) => <Icon shape={shape()} size={20} />}</Show>}
      >
        <span class={styles.busy}>
          <Icon shape={spinner} size={20} />
        </span>
      </Show>
      {look.children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink(props: LinkProps) {
  const [look, rest] = splitProps(props, ["look", "shape", "busy", "children"]);
  return (
    <a {...rest} class={styles.button} data-look={look.look ?? "plain"}>
      <Show when={look.shape}>{(shape) => <Icon shape={shape()} size={20} />}</Show>
      {look.children}
    </a>
  );
}
