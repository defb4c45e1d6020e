import styles from "./Avatar.module.css";
import { colourOf, initials } from "./initials.ts";

/** A person without a picture: their initials on their colour. As large as its box, or as CSS sets. */
export function Avatar(props: { readonly id: string; readonly name: string }) {
  return (
    <span
      class={styles.avatar}
      style={{ background: `var(--person-${colourOf(props.id)})` }}
      aria-hidden="true"
      translate="no"
    >
      {initials(props.name)}
    </span>
  );
}
