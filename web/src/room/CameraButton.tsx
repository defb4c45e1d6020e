import { words } from "../i18n/language.ts";
import { ControlButton } from "../ui/ControlButton.tsx";
import { camera, cameraOff } from "../ui/shapes.ts";
import { shortcut } from "../ui/shortcut.ts";
import { useCall } from "./call_context.ts";

/** Turns one's camera on and off. */
export function CameraButton() {
  const call = useCall();
  const isOn = () => call.view.local.camera.state === "on";
  return (
    <ControlButton
      label={isOn() ? words().devices.cameraOff : words().devices.cameraOn}
      shape={isOn() ? camera : cameraOff}
      tone={isOn() ? "plain" : "off"}
      busy={call.view.local.camera.state === "starting"}
      keys={shortcut("E", "near")}
      onClick={() => void call.setCamera(!isOn())}
    />
  );
}
