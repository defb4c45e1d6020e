import type { Participant } from "@tafelrunde/protocol";
import { Show } from "solid-js";
import { useUnavailable } from "../../room/availability.ts";
import { useCall } from "../../room/call_context.ts";
import { isOwn } from "../../room/devices.ts";
import { useRights } from "../../room/rights.ts";
import { useSend } from "../../room/send.ts";
import { Button } from "../../ui/Button.tsx";
import { hand } from "./icons.ts";
import { placeOfHand } from "./place.ts";
import { words } from "./words.ts";

/** Lowers a person's hand. */
export function LowerHand(props: { readonly person: Participant; readonly onDone: () => void }) {
  const call = useCall();
  const send = useSend();
  const rights = useRights();
  const unavailable = useUnavailable("hand");
  const isRaised = () => placeOfHand(call.view, props.person.id) !== undefined;
  const lower = () => {
    void send({ type: "hand.lower", participantId: props.person.id });
    props.onDone();
  };
  return (
    <Show
      when={!isOwn(call.view, props.person.id) && rights.may("lowerHands") && isRaised() &&
        unavailable() === undefined}
    >
      <Button onClick={lower}>{words().lowerTheirs}</Button>
    </Show>
  );
}

/** Lowers all hands. */
export function LowerHands() {
  const call = useCall();
  const send = useSend();
  const unavailable = useUnavailable("hand");
  return (
    <Show when={Object.keys(call.view.state.hand).length > 0 && unavailable() === undefined}>
      <Button
        look="quiet"
        shape={hand}
        onClick={() => void send({ type: "hand.lower", participantId: null })}
      >
        {words().lowerAll}
      </Button>
    </Show>
  );
}
