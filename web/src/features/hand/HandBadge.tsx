import type { ParticipantId } from "@tafelrunde/protocol";
import { Show } from "solid-js";
import { useCall } from "../../room/call_context.ts";
import { Icon } from "../../ui/Icon.tsx";
import styles from "./HandBadge.module.css";
import { hand } from "./icons.ts";
import { placeOfHand } from "./place.ts";
import { words } from "./words.ts";

/** A person's raised hand on their tile, with its place among all. */
export function HandOnTile(props: { readonly id: ParticipantId }) {
  return <HandBadge id={props.id} look={styles.onTile} size={18} />;
}

/** The same in their row of the list of participants. */
export function HandInRow(props: { readonly id: ParticipantId }) {
  return <HandBadge id={props.id} look={styles.inRow} size={16} />;
}

function HandBadge(
  props: { readonly id: ParticipantId; readonly look: string | undefined; readonly size: number },
) {
  const call = useCall();
  return (
    <Show when={placeOfHand(call.view, props.id)}>
      {(place) => (
        <span class={props.look}>
          <Icon shape={hand} size={props.size} />
          <span aria-hidden="true">{place()}</span>
          <span class="heard">{words().place(place())}</span>
        </span>
      )}
    </Show>
  );
}
