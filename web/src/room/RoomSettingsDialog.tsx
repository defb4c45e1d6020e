import { MAX_PARTICIPANTS, type RoomSettings, type RoomSettingsChange } from "@tafelrunde/protocol";
import { createSignal } from "solid-js";
import { roomWords, wordsOf } from "../i18n/language.ts";
import { isCapacity } from "../meetings/capacity.ts";
import { SettingsFields } from "../meetings/SettingsFields.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { useSend } from "./send.ts";
import { useCall } from "./call_context.ts";
import styles from "./RoomSettingsDialog.module.css";

/** The room settings, changed during a meeting: saved changes apply at once. */
export function RoomSettingsDialog(props: { readonly onClose: () => void }) {
  const call = useCall();
  const submission = useSend();
  const [changes, setChanges] = createSignal<RoomSettingsChange>({});
  const settings = () => ({ ...call.view.state.room.settings, ...changes() as Partial<RoomSettings> });
  const isGood = () => isCapacity(settings().maxParticipants, MAX_PARTICIPANTS);
  const save = async () => {
    if (!isGood()) return;
    const isUnchanged = Object.keys(changes()).length === 0;
    if (isUnchanged || await submission({ type: "room.change", settings: changes() })) props.onClose();
  };
  return (
    <Dialog
      title={roomWords().settings}
      isWritten={Object.keys(changes()).length > 0}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>{roomWords().cancel}</Button>
          <Button look="primary" onClick={() => void save()}>{roomWords().save}</Button>
        </>
      }
    >
      <p class={styles.lead}>{wordsOf("dashboard").meetings.settings.lead}</p>
      <SettingsFields
        settings={settings()}
        most={MAX_PARTICIPANTS}
        onChange={(change) => setChanges((before) => ({ ...before, ...change }))}
      />
    </Dialog>
  );
}
