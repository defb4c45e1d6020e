import { MAX_PARTICIPANTS, type RoomSettings } from "@tafelrunde/protocol";
import { createResource, createSignal, Show } from "solid-js";
import { changeRoom, readRoom, removeRoomPassword, type Room, setRoomPassword } from "../api/rooms.ts";
import { createSubmission } from "../dashboard/submission.ts";
import formStyles from "../dashboard/Form.module.css";
import { FormFoot } from "../dashboard/FormFoot.tsx";
import { Loading } from "../dashboard/Loading.tsx";
import { Section } from "../dashboard/Section.tsx";
import { ErrorNotice } from "../dashboard/ErrorNotice.tsx";
import { wordsOf } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { isCapacity } from "./capacity.ts";
import { SettingsFields } from "./SettingsFields.tsx";

/** The meeting's room: its settings and its password. */
export function RoomSection(props: { readonly room: string }) {
  const words = () => wordsOf("dashboard").meetings.settings;
  const [answer, { refetch, mutate }] = createResource(() => readRoom(props.room));
  const room = () => {
    const latest = answer.latest;
    return latest?.ok ? latest.value : undefined;
  };
  const error = () => {
    const latest = answer.latest;
    return latest === undefined || latest.ok ? undefined : latest.error;
  };
  const take = (value: Room) => mutate({ ok: true, value, etag: "" });
  return (
    <Section title={words().title} lead={words().lead}>
      <ErrorNotice error={error()} />
      <Show when={room()} keyed fallback={error() ? undefined : <Loading />}>
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
  const submission = createSubmission();
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
    const done = await submission.run(() => changeRoom(room.id, { settings: changed() }, room.version));
    if (done !== undefined) props.onChanged(done.value);
  };
  return (
    <form class={formStyles.form} novalidate onSubmit={(event) => void save(event)}>
      <SettingsFields
        settings={settings()}
        most={MAX_PARTICIPANTS}
        onChange={(change) => setSettings((before) => ({ ...before, ...change }))}
      />
      <FormFoot submission={submission} isIdle={!isDirty()} onReload={() => props.onReload()} />
    </form>
  );
}

function Password(props: { readonly room: Room; readonly onChanged: () => void }) {
  const words = () => wordsOf("dashboard").meetings.settings;
  const [isOpen, setOpen] = createSignal(false);
  const [text, setText] = createSignal("");
  const submission = createSubmission();
  const has = () => props.room.hasPassword;
  const done = (answer: unknown) => {
    if (answer === undefined) return;
    setOpen(false);
    setText("");
    props.onChanged();
  };
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    if (text() !== "") done(await submission.run(() => setRoomPassword(props.room.id, text())));
  };
  const drop = async () => done(await submission.run(() => removeRoomPassword(props.room.id)));
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
              <Button look="danger" busy={submission.isBusy()} onClick={() => void drop()}>
                {words().passwordRemove}
              </Button>
            </Show>
          </div>
        }
      >
        <form class={formStyles.form} novalidate onSubmit={(event) => void save(event)}>
          <Field label={words().passwordNew} value={text()} onInput={setText} />
          <FormFoot submission={submission}>
            <Button onClick={() => setOpen(false)}>{wordsOf("dashboard").cancel}</Button>
          </FormFoot>
        </form>
      </Show>
      <ErrorNotice error={isOpen() ? undefined : submission.error()} />
    </div>
  );
}
