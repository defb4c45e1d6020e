import { DEFAULT_SETTINGS, MAX_PARTICIPANTS, type RoomSettings } from "@tafelrunde/protocol";
import { SettingsFields } from "./SettingsFields.tsx";

interface NewSettingsProps {
  /** The settings that differ from the defaults. */
  readonly changes: Partial<RoomSettings>;
  readonly onChange: (changes: Partial<RoomSettings>) => void;
}

/** The settings of a new room. */
export function NewSettings(props: NewSettingsProps) {
  const change = (change: Partial<RoomSettings>) => {
    const settings = { ...DEFAULT_SETTINGS, ...props.changes, ...change };
    const names = Object.keys(settings) as (keyof RoomSettings)[];
    props.onChange(Object.fromEntries(
      names.filter((name) => settings[name] !== DEFAULT_SETTINGS[name]).map((name) => [name, settings[name]]),
    ));
  };
  return (
    <SettingsFields
      settings={{ ...DEFAULT_SETTINGS, ...props.changes }}
      most={MAX_PARTICIPANTS}
      onChange={change}
    />
  );
}
