import { MAX_PARTICIPANTS, type RoomSettings } from "@tafelrunde/protocol";
import { createResource, createSignal, Show } from "solid-js";
import { changeRoom, readRoom, removeRoomPassword, type Room, setRoomPassword } from "../api/rooms.ts";
import { createAsk } from "../desk/ask.ts";
import formStyles from "../desk/Form.module.css";
import { FormFoot } from "../desk/FormFoot.tsx";
import { Loading } from "../desk/Loading.tsx";
import { Section } from "../desk/Section.tsx";
import { TroubleNotice } from "../desk/TroubleNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { isCapacity, SettingsFields } from "./SettingsFields.tsx";

/** The meeting's room: its settings and its password. */
export function RoomSection(props: { readonly room: string }) {
  const words = () => wordsOf("desk").meetings.settings;
  const [answer, { refetch, mutate }] = createResource(() => readRoom(props.room));
  const room = () => {
    const latest = answer.latest;
    return latest?.ok ? latest.value : undefined;
  };
  const trouble = () => {
    const latest = answer.latest;
    return latest === undefined || latest.ok ? undefined : latest.trouble;
  };
  const take = (value: Room) => mutate({ ok: true, value, etag: "" });
  return (
    <Section title={words().title} lead={words().lead}>
      <TroubleNotice trouble={trouble()} />
      <Show when={room()} keyed fallback={trouble() ? undefined : <Loading />}>
        {(room) => (
          <>
            <Settings room={room} onChanged={take} onReload={() => void refetch()} />
            <Password room={room} onChanged={() => void refetch()} />
          </>
        )}
      </Show>
    </Section>
  );
}

interface SettingsProps {
  readonly room: Room;
  readonly onChanged: (room: Room) => void;
  readonly onReload: () => void;
}

function Settings(props: SettingsProps) {
  const { room } = props;
  const [settings, setSettings] = createSignal(room.settings);
  const ask = createAsk();
  const changed = (): Partial<RoomSettings> => {
    const names = Object.keys(settings()) as (keyof RoomSettings)[];
    return Object.fromEntries(
      names.filter((name) => settings()[name] !== room.settings[name]).map((
        name,
      ) => [name, settings()[name]]),
    );
  };
  const isDirty = () => Object.keys(changed()).length > 0;
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!isDirty() || !isCapacity(settings().maxParticipants, MAX_PARTICIPANTS)) return;
    const done = await ask.run(() => changeRoom(room.id, { settings: changed() }, room.version));
    if (done !== undefined) props.onChanged(done.value);
  };
  return (
    <form class={formStyles.form} novalidate onSubmit={(event) => void save(event)}>
      <SettingsFields
        settings={settings()}
        most={MAX_PARTICIPANTS}
        onChange={(change) => setSettings((before) => ({ ...before, ...change }))}
      />
      <FormFoot ask={ask} isIdle={!isDirty()} onReload={() => props.onReload()} />
    </form>
  );
}

function Password(props: { readonly room: Room; readonly onChanged: () => void }) {
  const words = () => wordsOf("desk").meetings.settings;
  const [isOpen, setOpen] = createSignal(false);
  const [text, setText] = createSignal("");
  const ask = createAsk();
  const has = () => props.room.hasPassword;
  const done = (answer: unknown) => {
    if (answer === undefined) return;
    setOpen(false);
    setText("");
    props.onChanged();
  };
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (text() !== "") done(await ask.run(() => setRoomPassword(props.room.id, text())));
  };
  const drop = async () => done(await ask.run(() => removeRoomPassword(props.room.id)));
  return (
    <div class={formStyles.form}>
      <div>
        <h3>{words().password}</h3>
        <p class={formStyles.soft}>{has() ? words().passwordSet : words().passwordNone}</p>
      </div>
      <Show
        when={isOpen()}
        fallback={
          <div class={formStyles.buttons}>
            <Button onClick={() => setOpen(true)}>
              {has() ? words().passwordChange : words().passwordAdd}
            </Button>
            <Show when={has()}>
              <Button look="danger" busy={ask.isBusy()} onClick={() => void drop()}>
                {words().passwordRemove}
              </Button>
            </Show>
          </div>
        }
      >
        <form class={formStyles.form} novalidate onSubmit={(event) => void save(event)}>
          <Field label={words().passwordNew} value={text()} onInput={setText} />
          <FormFoot ask={ask}>
            <Button onClick={() => setOpen(false)}>{wordsOf("desk").cancel}</Button>
          </FormFoot>
        </form>
      </Show>
      <TroubleNotice trouble={isOpen() ? undefined : ask.trouble()} />
    </div>
  );
}
