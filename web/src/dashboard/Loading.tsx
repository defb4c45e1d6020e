import { wordsOf } from "../i18n/language.ts";
import { Icon } from "../ui/Icon.tsx";
import { spinner } from "../ui/icons.ts";
import styles from "./Loading.module.css";

/** A loading indicator. Visible only after a delay. */
export function Loading() {
  return (
    <p class={styles.loading} role="status">
      <Icon shape={spinner} size={20} />
      {wordsOf("dashboard").loading}
    </p>
  );
}
