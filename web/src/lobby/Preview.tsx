import { lazy, Show, Suspense } from "solid-js";
import { words } from "../i18n/language.ts";
import { useCall } from "../room/call_context.ts";
import { CameraButton } from "../room/CameraButton.tsx";
import { MicrophoneButton } from "../room/MicrophoneButton.tsx";
import { Icon } from "../ui/Icon.tsx";
import { cameraOff } from "../ui/icons.ts";
import styles from "./Preview.module.css";

// Loaded late: there is a picture only once a camera is open, and audio once a microphone is.
const LevelMeter = lazy(async () => ({ default: (await import("../behind_lobby.ts")).LevelMeter }));
const Video = lazy(async () => ({ default: (await import("../behind_lobby.ts")).Video }));

/** Preview of one's own video and loudness, with the switches for both. */
export function Preview() {
  const call = useCall();
  const local = () => call.view.local;
  return (
    <section class={styles.preview} aria-label={words().lobby.preview}>
      <div class={styles.off}>
        <Icon shape={cameraOff} size={32} />
        <p>{words().lobby.camera[local().camera.state]}</p>
      </div>
      <Show when={local().camera.state === "on" && local().camera.track}>
        {(track) => (
          <Suspense>
            <Video track={track()} mirrored />
          </Suspense>
        )}
      </Show>
      <div class={styles.bar}>
        <span class={styles.side}>
          <Show when={local().microphone.state === "on"}>
            <span class={styles.plate}>
              <Suspense>
                <LevelMeter />
              </Suspense>
            </span>
          </Show>
        </span>
        <MicrophoneButton />
        <CameraButton />
        <span class={styles.side} />
      </div>
    </section>
  );
}
