import { For, Show, untrack } from "solid-js";
import { useUnavailable } from "../../room/availability.ts";
import { useCall } from "../../room/call_context.ts";
import { plus } from "../../ui/icons.ts";
import { useRights } from "../../room/rights.ts";
import { Button } from "../../ui/Button.tsx";
import { draftOf, newDraft } from "./draft.ts";
import styles from "./Poll.module.css";
import { PollCard } from "./PollCard.tsx";
import { PollForm } from "./PollForm.tsx";
import { words } from "./words.ts";

/** All polls of the meeting, the newest first, and a form for moderators to start one. */
export function PollPanel() {
  const call = useCall();
  const rights = useRights();
  const unavailable = useUnavailable("poll");
  const [draft, setDraft] = draftOf(untrack(() => call.view.roomId));
  const seqs = () => Object.keys(call.view.state.poll).map(Number).reverse();
  const mayLead = () => rights.may("leadPolls");
  return (
    <div class={styles.panel}>
      <Show when={unavailable()}>
        <p class={styles.hint}>{unavailable()}</p>
      </Show>
      <Show when={mayLead() && unavailable() === undefined}>
        <Show
          when={draft()}
          fallback={
            <Button look="primary" shape={plus} onClick={() => setDraft(newDraft())}>{words().create}</Button>
          }
        >
          {(draft) => <PollForm draft={draft()} onChange={setDraft} />}
        </Show>
      </Show>
      <For
        each={seqs()}
        fallback={
          <div class={styles.empty}>
            <p>{words().none}</p>
            <Show when={!mayLead()}>
              <p>{words().noneHint}</p>
            </Show>
          </div>
        }
      >
        {(seq) => <Show when={call.view.state.poll[seq]}>{(poll) => <PollCard poll={poll()} />}</Show>}
      </For>
    </div>
  );
}
