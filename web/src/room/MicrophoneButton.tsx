import { words } from "../i18n/language.ts";
import { ControlButton } from "../ui/ControlButton.tsx";
import { microphone, microphoneOff } from "../ui/shapes.ts";
import { shortcut } from "../ui/shortcut.ts";
import { useCall } from "./call_context.ts";

/** Mutes and unmutes one's microphone. */
export function MicrophoneButton() {
  const call = useCall();
  const isOn = () => call.view.local.microphone.state === "on";
  return (
    <ControlButton
      label={isOn() ? words().devices.mute : words().devices.unmute}
      shape={isOn() ? microphone : microphoneOff}
      tone={isOn() ? "plain" : "off"}
      busy={call.view.local.microphone.state === "starting"}
      keys={shortcut("D", "near")}
      onClick={() => void call.setMicrophone(!isOn())}
    />
  );
}
