import { words } from "../i18n/language.ts";
import { ControlButton } from "../ui/ControlButton.tsx";
import { microphone, microphoneOff } from "../ui/icons.ts";
import { shortcut } from "../ui/shortcut.ts";
import { useCall } from "./call_context.ts";
import { mayOfCore } from "./core_rights.ts";

/** Mutes and unmutes one's microphone; while it starts, cancels that. */
export function MicrophoneButton() {
  const call = useCall();
  const isStarting = () => call.view.local.microphone.state === "starting";
  const isOn = () => call.view.local.microphone.state === "on";
  const isForbidden = () => call.view.phase === "joined" && !mayOfCore(call.view, "speak");
  return (
    <ControlButton
      disabled={isForbidden()}
      label={isForbidden()
        ? words().notAllowed
        : isOn() || isStarting()
        ? words().devices.mute
        : words().devices.unmute}
      shape={isOn() ? microphone : microphoneOff}
      tone={isOn() ? "plain" : "off"}
      busy={isStarting()}
      keys={shortcut("D", "near")}
      onClick={() => void call.setMicrophone(!isOn() && !isStarting())}
    />
  );
}
