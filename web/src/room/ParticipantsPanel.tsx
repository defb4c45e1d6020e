import { type ParticipantId, personsIn, type TrackSource } from "@tafelrunde/protocol";
import { createMemo, createSignal, For, Show } from "solid-js";
import { filling } from "../feature_slots.ts";
import { roomWords } from "../i18n/language.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Icon } from "../ui/Icon.tsx";
import { camera, cameraOff, microphone, microphoneOff } from "../ui/icons.ts";
import { useCall } from "./call_context.ts";
import styles from "./ParticipantsPanel.module.css";
import { KIND_SHAPE } from "./kind_shape.ts";
import { isLive, peopleInOrder, trackOf, tracksByPerson, type TracksOf } from "./people.ts";
import { PersonDialog } from "./PersonDialog.tsx";
import { useRights } from "./rights.ts";
import { devices, dots } from "./icons.ts";
import { Slot } from "./Slot.tsx";
import { WaitingList } from "./WaitingList.tsx";

/** Everyone in the meeting: those whom a feature puts first, then the others in the order of joining. */
export function ParticipantsPanel() {
  const call = useCall();
  const [chosen, setChosen] = createSignal<ParticipantId>();
  const tracks = createMemo(() => tracksByPerson(call.view));
  const people = createMemo(() => peopleInOrder(call.view));
  const devicesOf = createMemo(() => new Map(people().map(({ id, devices }) => [id, devices])));
  const ids = createMemo(() => {
    const places = filling("place");
    const place = (id: ParticipantId) =>
      Math.min(...places.map(({ fill }) => fill(call.view, id) ?? Infinity), Infinity);
    return people().map(({ id }) => id).toSorted((a, b) => place(a) === place(b) ? 0 : place(a) - place(b));
  });
  return (
    <div class={styles.people}>
      <WaitingList />
      <p class={styles.count}>{roomWords().inRoom(personsIn(call.view.state.participants).size)}</p>
      <ul>
        <For each={ids()}>
          {(id) => (
            <Person
              id={id}
              devices={devicesOf().get(id) ?? [id]}
              tracks={tracks()}
              onOptions={() => setChosen(id)}
            />
          )}
        </For>
      </ul>
      <Show when={chosen()}>
        {(id) => <PersonDialog id={id()} onClose={() => setChosen(undefined)} />}
      </Show>
    </div>
  );
}

interface PersonProps {
  readonly id: ParticipantId;
  readonly devices: readonly ParticipantId[];
  readonly tracks: TracksOf;
  readonly onOptions: () => void;
}

function Person(props: PersonProps) {
  const call = useCall();
  const rights = useRights();
  const isYou = () => props.id === call.view.you;
  const hasOptions = () => isYou() ? rights.may("rename") : rights.moderates();
  /** "Participant" is the default role; only others get a badge. */
  const badge = () => {
    const role = person()?.role;
    return role === undefined || role === "participant" || kind() !== undefined ? undefined : role;
  };
  const kind = () => person()?.kind;
  const isAway = () => props.devices.every((id) => call.view.state.participants[id]?.presence !== "here");
  const isSpeaking = () => props.devices.some((id) => call.view.speaking.includes(id));
  const about = () => {
    const t = roomWords();
    return [
      isYou() ? t.you : undefined,
      kind() && t.kinds[kind()!],
      badge() && t.roles[badge()!],
      props.devices.length > 1 ? t.elsewhere.count(props.devices.length) : undefined,
      isAway() ? t.awayShort : undefined,
    ].filter(Boolean).join(" · ");
  };
  const person = () => call.view.state.participants[props.id];
  const name = () => person()?.name ?? "";
  const isOn = (source: TrackSource) => isLive(trackOf(props.tracks, props.devices, source));
  return (
    <li class={styles.person} data-speaking={isSpeaking() ? "" : undefined}>
      <Avatar id={props.id} name={name()} />
      <span class={styles.name}>
        <span dir="auto" translate="no">{name()}</span>
        <Show when={about()}>
          <small>
            <Show when={kind()}>
              {(kind) => <Icon shape={KIND_SHAPE[kind()]} size={14} />}
            </Show>
            <Show when={props.devices.length > 1}>
              <Icon shape={devices} size={14} />
            </Show>
            {about()}
          </small>
        </Show>
      </span>
      <Slot name="RowBadge" id={props.id} />
      <State
        isOn={isOn("microphone")}
        on={microphone}
        off={microphoneOff}
        words={roomWords().micState}
      />
      <State isOn={isOn("camera")} on={camera} off={cameraOff} words={roomWords().cameraState} />
      <Show when={hasOptions()}>
        <button
          type="button"
          class={styles.options}
          aria-label={roomWords().optionsOf(name())}
          onClick={() => props.onOptions()}
        >
          <Icon shape={dots} size={20} />
        </button>
      </Show>
    </li>
  );
}

interface StateProps {
  readonly isOn: boolean;
  readonly on: string;
  readonly off: string;
  readonly words: { readonly on: string; readonly off: string };
}

function State(props: StateProps) {
  return (
    <span class={styles.state} data-on={props.isOn ? "" : undefined}>
      <Icon shape={props.isOn ? props.on : props.off} size={18} />
      <span class="heard">{props.isOn ? props.words.on : props.words.off}</span>
    </span>
  );
}
