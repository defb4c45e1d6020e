import { roomWords } from "../i18n/language.ts";
import { ControlButton } from "../ui/ControlButton.tsx";
import { shortcut } from "../ui/shortcut.ts";
import { useCall } from "./call_context.ts";
import { hand } from "./shapes.ts";

/** Raises and lowers one's hand. */
export function HandButton() {
  const call = useCall();
  const isRaised = () => call.view.you !== undefined && call.view.state.hands[call.view.you] !== undefined;
  return (
    <ControlButton
      label={isRaised() ? roomWords().lowerHand : roomWords().raiseHand}
      shape={hand}
      tone={isRaised() ? "on" : "plain"}
      keys={shortcut("H", "far")}
      onClick={() => void call.send({ type: "hand.raise", raised: !isRaised() })}
    />
  );
}
