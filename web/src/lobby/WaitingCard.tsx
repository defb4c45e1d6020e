import { onMount, Show } from "solid-js";
import { roomWords, words } from "../i18n/language.ts";
import { useCall } from "../room/call_context.ts";
import { createWakeLock } from "../room/wake_lock.ts";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import { offline } from "../ui/icons.ts";
import styles from "./WaitingCard.module.css";

/** For waiting participants: says that they need do nothing, and lets them leave. */
export function WaitingCard() {
  const call = useCall();
  let card!: HTMLElement;
  createWakeLock();
  // The pressed button is gone, and the focus with it.
  onMount(() => card.focus({ preventScroll: true }));
  return (
    <section ref={card} class={styles.card} tabindex={-1} aria-labelledby="waiting-title">
      <span class={styles.pulse} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <div role="status">
        <h2 id="waiting-title">{roomWords().waitingSelf.title}</h2>
        <p>{roomWords().waitingSelf.text}</p>
      </div>
      <Show when={call.view.connection === "reconnecting"}>
        <Notice shape={offline} tone="wait">{words().lobby.offline}</Notice>
      </Show>
      <Button onClick={() => void call.leave()}>{roomWords().waitingSelf.leave}</Button>
    </section>
  );
}
