import { words } from "../i18n/language.ts";
import { ControlButton } from "../ui/ControlButton.tsx";
import { camera, cameraOff } from "../ui/icons.ts";
import { shortcut } from "../ui/shortcut.ts";
import { useCall } from "./call_context.ts";
import { mayOfCore } from "./core_rights.ts";

/** Turns one's camera on and off; while it starts, cancels that. */
export function CameraButton() {
  const call = useCall();
  const isStarting = () => call.view.local.camera.state === "starting";
  const isOn = () => call.view.local.camera.state === "on";
  const isForbidden = () => call.view.phase === "joined" && !mayOfCore(call.view, "camera");
  return (
    <ControlButton
      disabled={isForbidden()}
      label={isForbidden()
        ? words().notAllowed
        : isOn() || isStarting()
        ? words().devices.cameraOff
        : words().devices.cameraOn}
      shape={isOn() ? camera : cameraOff}
      tone={isOn() ? "plain" : "off"}
      busy={isStarting()}
      keys={shortcut("E", "near")}
      onClick={() => void call.setCamera(!isOn() && !isStarting())}
    />
  );
}
