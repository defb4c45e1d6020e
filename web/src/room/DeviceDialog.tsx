import { onMount, Show } from "solid-js";
import { roomWords, words } from "../i18n/language.ts";
import { DeviceChoices } from "../lobby/DeviceChoices.tsx";
import { PlaceLine } from "../lobby/PlaceLine.tsx";
import { IconButton } from "../ui/IconButton.tsx";
import { onPressBeside } from "../ui/press_beside.ts";
import { createReturnFocus } from "../ui/return_focus.ts";
import { Toggle } from "../ui/Toggle.tsx";
import { useCall } from "./call_context.ts";
import { otherDevices } from "./devices.ts";
import styles from "./DeviceDialog.module.css";
import { cross } from "../ui/icons.ts";

/** Microphone, camera and speaker, changed during a meeting. */
export function DeviceDialog(props: { readonly onClose: () => void }) {
  const call = useCall();
  let dialog!: HTMLDialogElement;
  createReturnFocus(() => dialog);
  onMount(() => dialog.showModal());
  return (
    <dialog
      ref={(element) => {
        dialog = element;
        onPressBeside(element, () => element.close());
      }}
      class={styles.dialog}
      aria-label={words().devices.title}
      onKeyDown={(event) => event.stopPropagation()}
      onClose={() => props.onClose()}
    >
      <div class={styles.inside}>
        <header>
          <h2>{words().devices.title}</h2>
          <IconButton shape={cross} size={22} label={words().close} onClick={() => dialog.close()} />
        </header>
        <div class={styles.choices}>
          <DeviceChoices />
          <Show when={otherDevices(call.view).length > 0 || call.view.local.isSilent}>
            <Toggle
              label={roomWords().elsewhere.soundHere}
              isOn={!call.view.local.isSilent}
              onChange={(on) => call.setSound(on)}
            />
          </Show>
          <PlaceLine />
        </div>
      </div>
    </dialog>
  );
}
