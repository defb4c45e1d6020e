import type { Audience, AudienceSetting, RoomSettings, WaitingRoom } from "@tafelrunde/protocol";
import { For, lazy, Suspense } from "solid-js";
import formStyles from "../dashboard/Form.module.css";
import { wordsOf } from "../i18n/language.ts";
import { Choice } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { Toggle } from "../ui/Toggle.tsx";
import { isCapacity } from "./capacity.ts";
import styles from "./SettingsFields.module.css";

const WAITING_ROOMS = ["off", "guests", "everyone"] as const satisfies readonly WaitingRoom[];
const AUDIENCES = ["everyone", "members", "presenters", "moderators"] as const satisfies readonly Audience[];
const RIGHTS = ["speak", "camera", "share", "rename"] as const;

/** The settings of features, with their words, load with the features. */
const FeatureSettings = lazy(async () => {
  const [settings, { speakFeatures }] = await Promise.all([
    import("../FeatureSettings.tsx"),
    import("../feature_slots.ts"),
  ]);
  await speakFeatures();
  return { default: settings.FeatureSettings };
});

interface SettingsFieldsProps {
  readonly settings: RoomSettings;
  /** Largest capacity of a room here. */
  readonly most: number;
  readonly onChange: (change: Partial<RoomSettings>) => void;
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
            {(right) => <Who setting={right} label={words().right[right]} {...props} />}
          </For>
          <Suspense>
            <FeatureSettings>
              {(setting, label) => <Who setting={setting} label={label()} {...props} />}
            </FeatureSettings>
          </Suspense>
        </div>
      </fieldset>
    </>
  );
}

interface WhoProps extends SettingsFieldsProps {
  readonly setting: AudienceSetting;
  readonly label: string;
}

/** Who may use one of the room's functions. */
function Who(props: WhoProps) {
  const words = () => wordsOf("dashboard").meetings.settings;
  return (
    <Choice
      label={props.label}
      value={props.settings[props.setting]}
      options={AUDIENCES.map((value) => ({ value, text: words().audiences[value] }))}
      onChoose={(audience) => props.onChange({ [props.setting]: audience as Audience })}
    />
  );
}
