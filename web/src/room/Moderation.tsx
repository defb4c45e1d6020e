import { createSignal, lazy, Show, Suspense } from "solid-js";
import { roomWords, speakAlso } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { microphoneOff } from "../ui/icons.ts";
import { useSend } from "./send.ts";
import styles from "./Moderation.module.css";
import { useRights } from "./rights.ts";
import { leave, sliders } from "./icons.ts";
import { Slot } from "./Slot.tsx";
import { useToasts } from "./Toasts.tsx";

/** The form and its words belong to the dashboard. */
const RoomSettingsDialog = lazy(async () => {
  const [dialog] = await Promise.all([import("./RoomSettingsDialog.tsx"), speakAlso("dashboard")]);
  return { default: dialog.RoomSettingsDialog };
});

/** Moderators' actions on everyone at once. */
export function Moderation() {
  const send = useSend();
  const rights = useRights();
  const toasts = useToasts();
  const [open, setOpen] = createSignal<"settings" | "end">();
  const muteAll = async () => {
    if (await send({ type: "track.muteAll" })) {
      toasts.show({ shape: microphoneOff, text: roomWords().mutedAll });
    }
  };
  return (
    <Show when={rights.moderates()}>
      <section class={styles.moderation} aria-label={roomWords().moderation}>
        <Button look="quiet" shape={microphoneOff} onClick={() => void muteAll()}>
          {roomWords().muteAll}
        </Button>
        <Slot name="RoomActions" />
        <Button look="quiet" shape={sliders} onClick={() => setOpen("settings")}>
          {roomWords().settings}
        </Button>
        <Button look="quiet" shape={leave} onClick={() => setOpen("end")}>{roomWords().endForAll}</Button>
        <Show when={open() === "settings"}>
          <Suspense>
            <RoomSettingsDialog onClose={() => setOpen(undefined)} />
          </Suspense>
        </Show>
        <Show when={open() === "end"}>
          <Dialog
            title={roomWords().endTitle}
            onClose={() => setOpen(undefined)}
            actions={
              <>
                <Button onClick={() => setOpen(undefined)}>{roomWords().cancel}</Button>
                <Button look="danger" onClick={() => void send({ type: "room.end" })}>
                  {roomWords().endForAll}
                </Button>
              </>
            }
          >
            <p>{roomWords().endText}</p>
          </Dialog>
        </Show>
      </section>
    </Show>
  );
}
