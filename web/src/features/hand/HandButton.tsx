import { useUnavailable } from "../../room/availability.ts";
import { useCall } from "../../room/call_context.ts";
import { ControlButton } from "../../ui/ControlButton.tsx";
import { shortcut } from "../../ui/shortcut.ts";
import { hand } from "./icons.ts";
import { placeOfHand } from "./place.ts";
import { words } from "./words.ts";

/** Raises and lowers one's hand. */
export function HandButton() {
  const call = useCall();
  const isRaised = () => call.view.you !== undefined && placeOfHand(call.view, call.view.you) !== undefined;
  const unavailable = useUnavailable("hand");
  const label = () => isRaised() ? words().lower : words().raise;
  return (
    <ControlButton
      disabled={unavailable() !== undefined}
      label={unavailable() === undefined ? label() : `${label()}: ${unavailable()}`}
      shape={hand}
      tone={isRaised() ? "on" : "plain"}
      keys={shortcut("H", "far")}
      onClick={() => void call.send({ type: "hand.raise", raised: !isRaised() })}
    />
  );
}
