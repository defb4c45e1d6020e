import type { ParticipantId } from "@tafelrunde/protocol";
import { For } from "solid-js";
import { useCall } from "../../room/call_context.ts";
import styles from "./Reactions.module.css";
import { createShownReactions, shown } from "./shown.ts";
import { words } from "./words.ts";

/** A person's reactions on their tile, each for a moment. */
export function TileReactions(props: { readonly id: ParticipantId }) {
  const own = () => shown().filter(({ participantId }) => participantId === props.id).slice(-3);
  return (
    <div class={styles.reactions} aria-hidden="true">
      <For each={own()}>{({ reaction }) => <span>{reaction}</span>}</For>
    </div>
  );
}

/** The same for screen readers: who reacted last, and how. */
export function HeardReactions() {
  const call = useCall();
  createShownReactions(call);
  const text = () => {
    const reaction = shown().at(-1);
    const name = reaction && call.view.state.participants[reaction.participantId]?.name;
    return name === undefined ? "" : words().shown(name, words().names[reaction!.reaction]);
  };
  return <p class="heard" role="status">{text()}</p>;
}
