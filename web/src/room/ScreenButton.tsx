import { Show } from "solid-js";
import { roomWords, words } from "../i18n/language.ts";
import { ControlButton } from "../ui/ControlButton.tsx";
import { useCall } from "./call_context.ts";
import { useRights } from "./rights.ts";
import { screen, screenStop } from "./icons.ts";

/**
 * Starts and stops screen sharing, also while the browser's picker is open; absent if the browser cannot
 * share.
 */
export function ScreenButton() {
  const call = useCall();
  const rights = useRights();
  const isStarting = () => call.view.local.screen.state === "starting";
  const isOn = () => call.view.local.screen.state === "on" || isStarting();
  return (
    <Show when={call.view.local.screen.state !== "unsupported"}>
      <ControlButton
        disabled={!rights.may("share")}
        label={!rights.may("share") ? words().notAllowed : isOn() ? roomWords().stopShare : roomWords().share}
        shape={isOn() ? screenStop : screen}
        tone={isOn() ? "on" : "plain"}
        busy={isStarting()}
        onClick={() => void (isOn() ? call.stopScreen() : call.startScreen())}
      />
    </Show>
  );
}
