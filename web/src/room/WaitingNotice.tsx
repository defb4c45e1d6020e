import { createMemo, Show } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { Notice } from "../ui/Notice.tsx";
import { people as peopleShape } from "../ui/icons.ts";
import { useSend } from "./send.ts";
import { useCall } from "./call_context.ts";
import { askForNotifications, mayAskForNotifications } from "./knocking.ts";
import { waitingPersons } from "./people.ts";
import styles from "./WaitingNotice.module.css";

/** For moderators, above the people: a participant is waiting, with a button to admit them at once. */
export function WaitingNotice(props: { readonly onShow: () => void }) {
  const call = useCall();
  const send = useSend();
  const people = createMemo(() => waitingPersons(call.view));
  const only = () => people().length === 1 ? people()[0] : undefined;
  return (
    <Show when={people()[0]}>
      <Notice
        shape={peopleShape}
        tone="hint"
        action={
          <span class={styles.actions}>
            <Show when={mayAskForNotifications()}>
              <button type="button" onClick={() => void askForNotifications()}>
                {roomWords().waiting.notify}
              </button>
            </Show>
            <button type="button" onClick={() => props.onShow()}>{roomWords().waiting.show}</button>
            <button
              type="button"
              onClick={() => void send({ type: "waiting.admit", participantId: only()?.id ?? null })}
            >
              {only() ? roomWords().waiting.admit : roomWords().waiting.admitAll}
            </button>
          </span>
        }
      >
        {only() ? roomWords().waiting.asks(only()!.name) : roomWords().waiting.title(people().length)}
      </Notice>
    </Show>
  );
}
