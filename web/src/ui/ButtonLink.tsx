import { type JSX, Show } from "solid-js";
import styles from "./Button.module.css";
import { Icon, type Shape } from "./Icon.tsx";

interface ButtonLinkProps {
  readonly href: string;
  readonly look?: "primary" | "plain" | "quiet";
  readonly shape?: Shape;
  readonly label?: string;
  readonly download?: string;
  /** Whether it opens a new tab, so that this page's content is not lost. */
  readonly isApart?: boolean;
  /** Called on a click before the browser follows the link. */
  readonly onClick?: (event: MouseEvent) => void;
  readonly children: JSX.Element;
}

/** A link that looks like a button. */
export function ButtonLink(props: ButtonLinkProps) {
  return (
    <a
      href={props.href}
      // Safari's Tab key skips links without it.
      tabindex={0}
      class={styles.button}
      data-look={props.look ?? "plain"}
      aria-label={props.label}
      download={props.download}
      target={props.isApart ? "_blank" : undefined}
      onClick={(event) => props.onClick?.(event)}
    >
      <Show when={props.shape}>{(shape) => <Icon shape={shape()} size={20} />}</Show>
      {props.children}
    </a>
  );
}
