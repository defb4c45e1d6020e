import type { Audience, RoomSettings, WaitingRoom } from "@tafelrunde/protocol";
import { For } from "solid-js";
import formStyles from "../dashboard/Form.module.css";
import { wordsOf } from "../i18n/language.ts";
import { Choice } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { Toggle } from "../ui/Toggle.tsx";
import styles from "./SettingsFields.module.css";

const WAITING_ROOMS = ["off", "guests", "everyone"] as const satisfies readonly WaitingRoom[];
const AUDIENCES = ["everyone", "members", "presenters", "moderators"] as const satisfies readonly Audience[];
const RIGHTS = ["speak", "camera", "share", "chat", "rename", "react"] as const;

interface SettingsFieldsProps {
  readonly settings: RoomSettings;
  /** Largest capacity of a room here. */
  readonly most: number;
  readonly onChange: (change: Partial<RoomSettings>) => void;
}

/** Whether a capacity is valid. */
export function isCapacity(n: number, most: number): boolean {
  return Number.isInteger(n) && n >= 2 && n <= most;
}

/** Fields for a room's settings: who can join and how, and who may do what. */
export function SettingsFields(props: SettingsFieldsProps) {
  const words = () => wordsOf("dashboard").meetings.settings;
  return (
    <>
      <Choice
        label={words().waitingRoom}
        value={props.settings.waitingRoom}
        options={WAITING_ROOMS.map((value) => ({ value, text: words().waitingRooms[value] }))}
        onChoose={(waitingRoom) => props.onChange({ waitingRoom: waitingRoom as WaitingRoom })}
      />
      <div>
        <Toggle
          label={words().joinBeforeHost}
          hint={words().joinBeforeHostHint}
          isOn={props.settings.joinBeforeHost}
          onChange={(joinBeforeHost) => props.onChange({ joinBeforeHost })}
        />
        <Toggle
          label={words().guests}
          hint={words().guestsHint}
          isOn={props.settings.guests}
          onChange={(guests) => props.onChange({ guests })}
        />
      </div>
      <div class={formStyles.pair}>
        <Field
          label={words().maxParticipants}
          type="number"
          inputmode="numeric"
          min={2}
          max={props.most}
          value={String(props.settings.maxParticipants)}
          onInput={(text) => props.onChange({ maxParticipants: Number(text) })}
          problem={isCapacity(props.settings.maxParticipants, props.most)
            ? undefined
            : words().maxParticipantsWrong(props.most)}
        />
      </div>
      <fieldset class={styles.rights}>
        <legend>{words().rights}</legend>
        <div>
          <For each={RIGHTS}>
            {(right) => (
              <Choice
                label={words().right[right]}
                value={props.settings[right]}
                options={AUDIENCES.map((value) => ({ value, text: words().audiences[value] }))}
                onChoose={(audience) => props.onChange({ [right]: audience as Audience })}
              />
            )}
          </For>
        </div>
      </fieldset>
    </>
  );
}
