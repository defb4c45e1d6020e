import { For } from "solid-js";
import type { CallView } from "../call/api.ts";
import { roomWords } from "../i18n/language.ts";
import { useCall } from "../room/call_context.ts";
import { Choice } from "../ui/Choice.tsx";
import styles from "./DeviceChoices.module.css";

type Kind = "microphone" | "camera" | "speaker";
const KINDS: readonly Kind[] = ["microphone", "camera", "speaker"];

/**
 * Lists of microphones, cameras and speakers to choose from. Browsers that cannot switch speakers list none.
 */
export function DeviceChoices() {
  const call = useCall();
  const shown = () => KINDS.filter((kind) => kind !== "speaker" || call.view.local.speakers.length > 0);
  return (
    <div class={styles.place}>
      <div class={styles.devices}>
        <For each={shown()}>
          {(kind) => (
            <Choice
              label={roomWords().choices[kind]}
              value={chosen(call.view, kind)}
              options={options(call.view, kind)}
              disabled={devices(call.view, kind).length === 0}
              onChoose={(deviceId) => call.chooseDevice(kind, deviceId)}
            />
          )}
        </For>
      </div>
    </div>
  );
}

function devices({ local }: CallView, kind: Kind): readonly MediaDeviceInfo[] {
  switch (kind) {
    case "microphone":
      return local.microphones;
    case "camera":
      return local.cameras;
    case "speaker":
      return local.speakers;
    default:
      return kind satisfies never;
  }
}

/** The device in use; "" while it is not in the list. */
function chosen(view: CallView, kind: Kind): string {
  const id = kind === "speaker" ? view.local.speakerId : view.local[kind].deviceId;
  return options(view, kind).some(({ value }) => value === id) ? id : "";
}

/**
 * Before the person grants permission, devices have neither id nor label: then there is only the browser's
 * choice.
 */
function options(view: CallView, kind: Kind) {
  const listed = devices(view, kind);
  if (listed.length === 0) return [{ value: "", text: roomWords().choices.none }];
  const named = listed.filter(({ deviceId }) => deviceId !== "" && deviceId !== "default");
  return [
    { value: "", text: roomWords().choices.standard },
    ...named.map(({ deviceId, label }, at) => ({
      value: deviceId,
      text: label === "" ? roomWords().choices.unnamed(roomWords().choices[kind], at + 1) : label,
    })),
  ];
}
