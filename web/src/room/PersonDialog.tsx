import {
  countCharacters,
  devicesOf,
  type GivenRole,
  MAX_NAME,
  type Participant,
  type ParticipantId,
  type Role,
  ROLES,
  type Track,
  type TrackSource,
} from "@tafelrunde/protocol";
import { createSignal, Show } from "solid-js";
import type { CommandDraft } from "../call/api.ts";
import { roomWords, words } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Choice } from "../ui/Choice.tsx";
import { Field } from "../ui/Field.tsx";
import { Toggle } from "../ui/Toggle.tsx";
import { useSend } from "./send.ts";
import { useCall } from "./call_context.ts";
import { isOwn } from "./devices.ts";
import { mayTouch, trackOf, tracksByPerson } from "./people.ts";
import styles from "./PersonDialog.module.css";
import { useRights } from "./rights.ts";
import { Slot } from "./Slot.tsx";

/** Actions on a person: rename, change role, mute or stop, remove. For oneself: rename. */
export function PersonDialog(props: { readonly id: ParticipantId; readonly onClose: () => void }) {
  const call = useCall();
  const person = () => call.view.state.participants[props.id];
  return (
    <Show when={person()}>{(person) => <Options person={person()} onClose={() => props.onClose()} />}</Show>
  );
}

function Options(props: { readonly person: Participant; readonly onClose: () => void }) {
  const call = useCall();
  const send = useSend();
  const rights = useRights();
  const [isRemoving, setRemoving] = createSignal(false);
  const isYou = () => isOwn(call.view, props.person.id);
  const isTouchable = () => mayTouch(rights.role(), props.person, isYou());
  const devices = () => devicesOf(call.view.state.participants, props.person.id).map(({ id }) => id);
  const trackFrom = (source: TrackSource) => trackOf(tracksByPerson(call.view), devices(), source);
  const participantId = () => props.person.id;
  const act = (request: CommandDraft) => {
    void send(request);
    props.onClose();
  };
  const mayRename = () => isYou() ? rights.may("rename") : rights.may("renameOthers") && isTouchable();
  return (
    <Dialog
      title={isRemoving() ? roomWords().removeTitle(props.person.name) : props.person.name}
      onClose={() => props.onClose()}
      actions={isRemoving() ? undefined : <Button onClick={() => props.onClose()}>{words().close}</Button>}
    >
      <Show
        when={!isRemoving()}
        fallback={<Removal person={props.person} onClose={() => props.onClose()} />}
      >
        <Show when={mayRename()}>
          <NameForm
            name={props.person.name}
            onSave={(name) => act({ type: "participant.rename", participantId: participantId(), name })}
          />
        </Show>
        <Show when={rights.may("setRole") && isTouchable() && props.person.kind === undefined}>
          <Choice
            label={roomWords().role}
            value={props.person.role}
            hint={props.person.role === "owner" ? undefined : roomWords().roleHint[props.person.role]}
            options={givenRoles(props.person).map((value) => ({ value, text: roomWords().roles[value] }))}
            onChoose={(role) =>
              send({ type: "role.set", participantId: participantId(), role: role as GivenRole })}
          />
        </Show>
        <div class={styles.acts}>
          <Show when={!isYou() && rights.may("muteOthers") && isOn(trackFrom("microphone"))}>
            <Button onClick={() => act({ type: "track.stop", trackId: trackFrom("microphone")!.id })}>
              {roomWords().muteOne}
            </Button>
          </Show>
          <Show when={!isYou() && rights.may("stopOthers") && isOn(trackFrom("camera"))}>
            <Button onClick={() => act({ type: "track.stop", trackId: trackFrom("camera")!.id })}>
              {roomWords().stopCamera}
            </Button>
          </Show>
          <Show when={!isYou() && rights.may("stopOthers") && trackFrom("screen")}>
            {(screen) => (
              <Button onClick={() => act({ type: "track.stop", trackId: screen().id })}>
                {roomWords().stopShareOf}
              </Button>
            )}
          </Show>
          <Slot name="PersonActions" person={props.person} onDone={() => props.onClose()} />
          <Show when={!isYou() && rights.may("remove") && isTouchable()}>
            <Button look="danger" onClick={() => setRemoving(true)}>{roomWords().remove}</Button>
          </Show>
        </div>
      </Show>
    </Dialog>
  );
}

function NameForm(props: { readonly name: string; readonly onSave: (name: string) => void }) {
  const [written, setWritten] = createSignal<string>();
  const name = () => written() ?? props.name;
  const isGood = () => name().trim() !== "" && countCharacters(name().trim()) <= MAX_NAME;
  return (
    <form
      class={styles.name}
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood() && name().trim() !== props.name) props.onSave(name().trim());
      }}
    >
      <Field
        label={roomWords().rename}
        value={name()}
        onInput={setWritten}
        problem={isGood() || written() === undefined ? undefined : words().refused["participant.nameInvalid"]}
      />
      <Button type="submit">{roomWords().save}</Button>
    </form>
  );
}

function Removal(props: { readonly person: Participant; readonly onClose: () => void }) {
  const send = useSend();
  const [ban, setBan] = createSignal(false);
  const remove = () => {
    void send({ type: "participant.remove", participantId: props.person.id, ban: ban() });
    props.onClose();
  };
  return (
    <>
      <p>{roomWords().removeText}</p>
      <Toggle label={roomWords().ban} look="check" isOn={ban()} onChange={setBan} />
      <div class={styles.foot}>
        <Button onClick={() => props.onClose()}>{roomWords().cancel}</Button>
        <Button look="danger" onClick={remove}>{roomWords().remove}</Button>
      </div>
    </>
  );
}

/**
 * The roles that a person can be given, and their current one: guests get "guest" where others get
 * "participant".
 */
function givenRoles({ isGuest, role }: Participant): Role[] {
  const given: GivenRole[] = ["moderator", "presenter", isGuest ? "guest" : "participant", "viewer"];
  return ROLES.filter((one) => one === role || given.some((other) => other === one));
}

/** Whether the track is on and not already being stopped. */
function isOn(track: Track | undefined): boolean {
  return track?.muted === false && track.stopping === undefined;
}
