import { roomWords } from "../i18n/language.ts";
import { ControlButton } from "../ui/ControlButton.tsx";
import { shortcut } from "../ui/shortcut.ts";
import { useUnavailable } from "./availability.ts";
import { useCall } from "./call_context.ts";
import { hand } from "./icons.ts";

/** Raises and lowers one's hand. */
export function HandButton() {
  const call = useCall();
  const isRaised = () => call.view.you !== undefined && call.view.state.hand[call.view.you] !== undefined;
  const unavailable = useUnavailable("hand");
  const label = () => isRaised() ? roomWords().lowerHand : roomWords().raiseHand;
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
