import { roomWords } from "../i18n/language.ts";
import { devices } from "../room/icons.ts";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import styles from "./Elsewhere.module.css";

interface ElsewhereProps {
  readonly isBusy: boolean;
  /** Joins, and leaves with the person's other devices. */
  readonly onMove: () => void;
}

/** For a person who is in the meeting with another device: what joining means, and the alternative. */
export function Elsewhere(props: ElsewhereProps) {
  return (
    <div class={styles.elsewhere}>
      <Notice shape={devices} tone="wait">{roomWords().elsewhere.second}</Notice>
      <Button busy={props.isBusy} onClick={() => props.onMove()}>{roomWords().elsewhere.move}</Button>
      <p>{roomWords().elsewhere.moveHint}</p>
    </div>
  );
}
