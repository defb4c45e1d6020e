import { may, personsIn } from "@tafelrunde/protocol";
import type { Timer } from "@tafelrunde/protocol/features/timer/state";
import { createEffect, createSignal, onCleanup, Show, untrack } from "solid-js";
import { every } from "../../call/timer.ts";
import { useUnavailable } from "../../room/availability.ts";
import { useCall } from "../../room/call_context.ts";
import { cross } from "../../ui/icons.ts";
import { ownPerson } from "../../room/devices.ts";
import { useRights } from "../../room/rights.ts";
import { useSend } from "../../room/send.ts";
import { Icon } from "../../ui/Icon.tsx";
import { IconButton } from "../../ui/IconButton.tsx";
import { clockOf } from "./clock.ts";
import { timer } from "./icons.ts";
import styles from "./Timer.module.css";
import { words } from "./words.ts";

/** The timer on the stage, and for screen readers how it ends. */
export function TimerPlate() {
  const call = useCall();
  const [said, setSaid] = createSignal("");
  createEffect((before: number | undefined) => {
    const { ended, running } = call.view.state.timer;
    if (before !== undefined && ended !== null && ended.at !== before) {
      setSaid(untrack(words).ended[ended.reason]);
    }
    if (running !== null) setSaid("");
    return ended?.at ?? 0;
  });
  return (
    <>
      <Show when={call.view.state.timer.running}>{(running) => <Running timer={running()} />}</Show>
      <p class="heard" role="status">{said()}</p>
    </>
  );
}

function Running(props: { readonly timer: Timer }) {
  const call = useCall();
  const send = useSend();
  const rights = useRights();
  const unavailable = useUnavailable("timer");
  const [now, setNow] = createSignal(Date.now());
  const life = new AbortController();
  onCleanup(() => life.abort());
  every(250, () => setNow(Date.now()), life.signal);
  const time = () => {
    const { startedAt, endsAt } = props.timer;
    return endsAt === null ? clockOf(now() - startedAt, false) : clockOf(endsAt - now(), true);
  };
  const asked = () => {
    const { participants, room } = call.view.state;
    return [...personsIn(participants).values()].filter((devices) =>
      devices.some((one) => one.presence === "here" && may("sayReady", one, room.settings))
    ).length;
  };
  const isReady = () => {
    const person = ownPerson(call.view);
    return person !== undefined && props.timer.ready.includes(person);
  };
  return (
    <section class={styles.plate} aria-label={words().title}>
      <Icon shape={timer} size={20} />
      <span class={styles.time} role="timer">{time()}</span>
      <Show when={props.timer.asksReady}>
        <span class={styles.count}>{words().areReady(props.timer.ready.length, asked())}</span>
        <Show when={rights.may("sayReady") && unavailable() === undefined}>
          <button
            type="button"
            class={styles.ready}
            aria-pressed={isReady()}
            onClick={() => void send({ type: "timer.ready", isReady: !isReady() })}
          >
            {isReady() ? words().notReady : words().ready}
          </button>
        </Show>
      </Show>
      <Show when={rights.may("leadTimers") && unavailable() === undefined}>
        <IconButton
          onStage
          shape={cross}
          size={18}
          label={words().stop}
          onClick={() => void send({ type: "timer.stop" })}
        />
      </Show>
    </section>
  );
}
