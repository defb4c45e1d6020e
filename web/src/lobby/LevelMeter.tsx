import { words } from "../i18n/language.ts";
import { useCall } from "../room/call_context.ts";
import styles from "./LevelMeter.module.css";

const BARS = [1, 2, 3, 4, 5];

/** Loudness of one's own microphone: five bars, announced in steps of a fifth. */
export function LevelMeter() {
  const call = useCall();
  const bars = () => Math.ceil(Math.min(1, call.view.local.level) * BARS.length - 0.1);
  return (
    <div
      class={styles.meter}
      role="meter"
      aria-label={words().lobby.level}
      aria-valuemin={0}
      aria-valuemax={BARS.length}
      aria-valuenow={Math.max(0, bars())}
    >
      {BARS.map((bar) => <span data-lit={bars() >= bar ? "" : undefined} />)}
    </div>
  );
}
