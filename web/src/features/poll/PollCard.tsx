import { MAX_OPTION, MAX_QUESTION } from "@tafelrunde/protocol/features/poll/limits";
import type { PollAnswer } from "@tafelrunde/protocol/features/poll/messages";
import type { Poll } from "@tafelrunde/protocol/features/poll/state";
import { createEffect, createSignal, createUniqueId, For, on, onCleanup, Show } from "solid-js";
import { every } from "../../call/timer.ts";
import { useUnavailable } from "../../room/availability.ts";
import { useCall } from "../../room/call_context.ts";
import { ownPerson } from "../../room/devices.ts";
import { useRights } from "../../room/rights.ts";
import { useSend } from "../../room/send.ts";
import { Written } from "../../room/Written.tsx";
import { Button } from "../../ui/Button.tsx";
import styles from "./Poll.module.css";
import { words } from "./words.ts";

/** One poll: the answers to choose from while it is open, and its results as far as they are shown. */
export function PollCard(props: { readonly poll: Poll }) {
  const call = useCall();
  const send = useSend();
  const rights = useRights();
  const unavailable = useUnavailable("poll");
  const id = createUniqueId();
  const own = () => {
    const person = ownPerson(call.view);
    return person && props.poll.answers[person];
  };
  const isOpen = () => props.poll.closedAt === null;
  const [chosen, setChosen] = createSignal<readonly number[]>([]);
  createEffect(on(() => own()?.options, (options) => setChosen(options ?? [])));
  const isChanged = () => chosen().join() !== (own()?.options ?? []).join();
  const mayAnswer = () => isOpen() && rights.may("answerPolls") && unavailable() === undefined;
  const choose = (index: number, isOn: boolean) => {
    const others = props.poll.isMultiple ? chosen().filter((one) => one !== index) : [];
    setChosen(isOn ? [...others, index].sort((a, b) => a - b) : others);
  };
  const answer = (options: readonly number[]) =>
    void send({ type: "poll.answer", poll: props.poll.seq, options: [...options] });
  return (
    <section class={styles.card} aria-labelledby={id} data-open={isOpen() ? "" : undefined}>
      <h3 id={id} dir="auto" translate="no">
        <Written content={props.poll.question} max={MAX_QUESTION} />
      </h3>
      <p class={styles.hint}>
        {isOpen() ? <TimeLeft endsAt={props.poll.endsAt} /> : words().ended}
        <span>{words().answered(props.poll.answered)}</span>
      </p>
      <Show when={props.poll.names === "hidden" && isOpen()}>
        <p class={styles.hint}>{words().hiddenHint}</p>
      </Show>
      <ul class={styles.options}>
        <For each={props.poll.options}>
          {(option, index) => (
            <li>
              <Show
                when={mayAnswer()}
                fallback={
                  <span class={styles.text} dir="auto" translate="no">
                    <Written content={option} max={MAX_OPTION} />
                  </span>
                }
              >
                <label class={styles.choice}>
                  <input
                    type={props.poll.isMultiple ? "checkbox" : "radio"}
                    name={id}
                    checked={chosen().includes(index())}
                    onChange={(event) => choose(index(), event.currentTarget.checked)}
                  />
                  <span class={styles.text} dir="auto" translate="no">
                    <Written content={option} max={MAX_OPTION} />
                  </span>
                </label>
              </Show>
              <Result poll={props.poll} index={index()} isOwn={own()?.options.includes(index()) === true} />
            </li>
          )}
        </For>
      </ul>
      <Show when={isOpen() && props.poll.counts === null}>
        <p class={styles.hint}>{words().pending}</p>
      </Show>
      <div class={styles.foot}>
        <Show when={mayAnswer() && own() !== undefined}>
          <Button look="quiet" onClick={() => answer([])}>{words().withdraw}</Button>
        </Show>
        <Show when={mayAnswer() && isChanged() && chosen().length > 0}>
          <Button look="primary" onClick={() => answer(chosen())}>
            {own() === undefined ? words().answer : words().change}
          </Button>
        </Show>
        <Show when={isOpen() && rights.may("leadPolls") && unavailable() === undefined}>
          <Button onClick={() => void send({ type: "poll.close", poll: props.poll.seq })}>
            {words().end}
          </Button>
        </Show>
      </div>
    </section>
  );
}

/** How many have chosen an option, as a bar and a number, and who. */
function Result(props: { readonly poll: Poll; readonly index: number; readonly isOwn: boolean }) {
  const count = () => props.poll.counts?.[props.index];
  const percent = () => Math.round(100 * (count() ?? 0) / Math.max(1, props.poll.answered));
  const names = () =>
    props.poll.names === "named" && count() !== undefined
      ? Object.values<PollAnswer>(props.poll.answers).filter(({ options }) => options.includes(props.index))
        .map(({ name }) => name)
      : [];
  return (
    <>
      <Show
        when={count() !== undefined}
        fallback={props.isOwn && <span class={styles.own}>{words().yours}</span>}
      >
        <div class={styles.result}>
          <div class={styles.bar} aria-hidden="true">
            <div style={{ width: `${percent()}%` }} />
          </div>
          <span class={styles.number}>{words().votes(count() ?? 0, percent())}</span>
          <Show when={props.isOwn}>
            <span class={styles.own}>{words().yours}</span>
          </Show>
        </div>
      </Show>
      <Show when={names().length > 0}>
        <p class={styles.names}>
          <For each={names()}>{(name) => <bdi translate="no">{name}</bdi>}</For>
        </p>
      </Show>
    </>
  );
}

/** Minutes and seconds until a poll ends by itself. */
function TimeLeft(props: { readonly endsAt: number | null }) {
  const [now, setNow] = createSignal(Date.now());
  const life = new AbortController();
  onCleanup(() => life.abort());
  every(1_000, () => setNow(Date.now()), life.signal);
  const text = () => {
    const seconds = Math.max(0, Math.ceil((props.endsAt! - now()) / 1_000));
    return words().left(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  };
  return (
    <Show when={props.endsAt !== null}>
      <span>{text()}</span>
    </Show>
  );
}
