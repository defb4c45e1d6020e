import { wordsOf } from "../i18n/language.ts";
import { Icon } from "../ui/Icon.tsx";
import { spinner } from "../ui/shapes.ts";
import styles from "./Loading.module.css";

/** For the moment until something is there. It shows only when that takes a while. */
export function Loading() {
  return (
    <p class={styles.loading} role="status">
      <Icon shape={spinner} size={20} />
      {wordsOf("desk").loading}
    </p>
  );
}
