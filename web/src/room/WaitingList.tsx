import { cutText, MAX_DECLINE_TEXT, type Waiting } from "@tafelrunde/protocol";
import { createMemo, createSignal, For, onCleanup, Show } from "solid-js";
import { every } from "../call/timer.ts";
import { roomWords } from "../i18n/language.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { useSend } from "./send.ts";
import { useCall } from "./call_context.ts";
import styles from "./WaitingList.module.css";
import { waitingPersons } from "./people.ts";

/** How often the waiting times are updated, ms. */
const RECOUNT_MS = 15_000;

/** For moderators: the waiting participants and their waiting times, longest first; nothing without any. */
export function WaitingList() {
  const call = useCall();
  const send = useSend();
  const people = createMemo(() => waitingPersons(call.view));
  const [declined, setDeclined] = createSignal<Waiting>();
  const now = createNow();
  return (
    <Show when={people().length > 0}>
      <section class={styles.waiting} aria-label={roomWords().waiting.title(people().length)}>
        <header>
          <h3>{roomWords().waiting.title(people().length)}</h3>
          <Show when={people().length > 1}>
            <Button look="quiet" onClick={() => void send({ type: "waiting.admit", participantId: null })}>
              {roomWords().waiting.admitAll}
            </Button>
          </Show>
        </header>
        <ul>
          <For each={people().map(({ id }) => id)}>
            {(id) => (
              <Show when={people().find((person) => person.id === id)}>
                {(person) => <Row person={person()} now={now()} onDecline={() => setDeclined(person())} />}
              </Show>
            )}
          </For>
        </ul>
        <Show when={declined()}>
          {(person) => <DeclineDialog person={person()} onClose={() => setDeclined(undefined)} />}
        </Show>
      </section>
    </Show>
  );
}

interface RowProps {
  readonly person: Waiting;
  /** The time, ms. */
  readonly now: number;
  readonly onDecline: () => void;
}

function Row(props: RowProps) {
  const send = useSend();
  const words = () => roomWords().waiting;
  return (
    <li>
      <Avatar id={props.person.id} name={props.person.name} />
      <span class={styles.name}>
        <span dir="auto" translate="no">{props.person.name}</span>
        <small>
          {props.person.isGuest && `${roomWords().roles.guest}, `}
          {words().since(Math.max(0, Math.floor((props.now - props.person.since) / 60_000)))}
        </small>
      </span>
      <span class={styles.actions}>
        <Button
          look="quiet"
          label={words().declineOne(props.person.name)}
          onClick={() => props.onDecline()}
        >
          {words().decline}
        </Button>
        <Button
          look="primary"
          label={words().admitOne(props.person.name)}
          onClick={() => void send({ type: "waiting.admit", participantId: props.person.id })}
        >
          {words().admit}
        </Button>
      </span>
    </li>
  );
}

function DeclineDialog(props: { readonly person: Waiting; readonly onClose: () => void }) {
  const send = useSend();
  const [text, setText] = createSignal("");
  const decline = () => {
    void send({
      type: "waiting.decline",
      participantId: props.person.id,
      text: cutText(text(), MAX_DECLINE_TEXT),
    });
    props.onClose();
  };
  return (
    <Dialog
      title={roomWords().waiting.declineTitle(props.person.name)}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{roomWords().cancel}</Button>
          <Button look="danger" onClick={decline}>{roomWords().waiting.decline}</Button>
        </>
      }
    >
      <Field
        label={roomWords().waiting.declineText}
        placeholder={roomWords().waiting.declinePlaceholder}
        value={text()}
        onInput={setText}
      />
    </Dialog>
  );
}

/** The time, ms, about four times a minute. */
function createNow(): () => number {
  const [now, setNow] = createSignal(Date.now());
  const life = new AbortController();
  every(RECOUNT_MS, () => setNow(Date.now()), life.signal);
  onCleanup(() => life.abort());
  return now;
}
