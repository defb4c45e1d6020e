import { createSignal, Show } from "solid-js";
import { useUnavailable } from "../../room/availability.ts";
import { useRights } from "../../room/rights.ts";
import { useSend } from "../../room/send.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { Segments } from "../../ui/Segments.tsx";
import { Toggle } from "../../ui/Toggle.tsx";
import { timer } from "./icons.ts";
import styles from "./Timer.module.css";
import { words } from "./words.ts";

/** Longest countdown that the form offers, minutes. */
const MOST_MINUTES = 600;

/** Opens the form for a timer, for moderators. */
export function StartTimer() {
  const rights = useRights();
  const unavailable = useUnavailable("timer");
  const [isOpen, setOpen] = createSignal(false);
  return (
    <Show when={rights.may("leadTimers") && unavailable() === undefined}>
      <Button look="quiet" shape={timer} onClick={() => setOpen(true)}>{words().title}</Button>
      <Show when={isOpen()}>
        <Form onClose={() => setOpen(false)} />
      </Show>
    </Show>
  );
}

function Form(props: { readonly onClose: () => void }) {
  const send = useSend();
  const [kind, setKind] = createSignal<"countdown" | "stopwatch">("countdown");
  const [minutes, setMinutes] = createSignal("5");
  const [asksReady, setAsksReady] = createSignal(false);
  const isGood = () => /^\d+$/.test(minutes()) && Number(minutes()) >= 1 && Number(minutes()) <= MOST_MINUTES;
  const start = () => {
    if (kind() === "countdown" && !isGood()) return;
    const lastsMs = kind() === "countdown" ? Number(minutes()) * 60_000 : null;
    void send({ type: "timer.start", lastsMs, asksReady: asksReady() });
    props.onClose();
  };
  return (
    <Dialog
      title={words().title}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{words().cancel}</Button>
          <Button look="primary" onClick={start}>{words().start}</Button>
        </>
      }
    >
      <div class={styles.form}>
        <Segments
          label={words().kind}
          value={kind()}
          options={(["countdown", "stopwatch"] as const).map((value) => ({
            value,
            text: words().kinds[value],
          }))}
          onChoose={setKind}
        />
        <Show when={kind() === "countdown"}>
          <Field
            label={words().minutes}
            type="number"
            inputmode="numeric"
            min={1}
            max={MOST_MINUTES}
            value={minutes()}
            onInput={setMinutes}
            problem={isGood() ? undefined : words().minutesWrong}
          />
        </Show>
        <Toggle
          label={words().asksReady}
          hint={words().asksReadyHint}
          isOn={asksReady()}
          onChange={setAsksReady}
        />
      </div>
    </Dialog>
  );
}
