import type { ParticipantId } from "@tafelrunde/protocol";
import { For } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { useCall } from "./call_context.ts";
import styles from "./Reactions.module.css";

/** A person's reactions on their tile, each for a moment. */
export function TileReactions(props: { readonly id: ParticipantId }) {
  const call = useCall();
  const shown = () => call.view.reactions.filter(({ participantId }) => participantId === props.id).slice(-3);
  return (
    <div class={styles.reactions} aria-hidden="true">
      <For each={shown()}>{({ reaction }) => <span>{reaction}</span>}</For>
    </div>
  );
}

/** The same for screen readers: who reacted last, and how. */
export function HeardReactions() {
  const call = useCall();
  const last = () => call.view.reactions.at(-1);
  const text = () => {
    const reaction = last();
    const name = reaction && call.view.state.participants[reaction.participantId]?.name;
    return name === undefined ? "" : roomWords().reactedWith(name, roomWords().reactions[reaction!.reaction]);
  };
  return <p class="heard" role="status">{text()}</p>;
}
