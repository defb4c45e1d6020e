import type { ParticipantId } from "@tafelrunde/protocol";
import { createMemo, For, Show } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Icon } from "../ui/Icon.tsx";
import { camera, cameraOff, microphone, microphoneOff } from "../ui/shapes.ts";
import { useCall } from "./call_context.ts";
import styles from "./ParticipantsPanel.module.css";
import { peopleInOrder, placeOfHand, tracksByPerson, type TracksOf } from "./people.ts";
import { hand } from "./shapes.ts";

/** Everyone in the meeting: first the raised hands in their order, then the others in the order of joining. */
export function ParticipantsPanel() {
  const call = useCall();
  const tracks = createMemo(() => tracksByPerson(call.view));
  const ids = createMemo(() => {
    const place = (id: ParticipantId) => placeOfHand(call.view, id) ?? Infinity;
    return peopleInOrder(call.view).toSorted((a, b) => place(a) === place(b) ? 0 : place(a) - place(b));
  });
  return (
    <div class={styles.people}>
      <p class={styles.count}>{roomWords().inRoom(ids().length)}</p>
      <ul>
        <For each={ids()}>{(id) => <Person id={id} tracks={tracks()} />}</For>
      </ul>
    </div>
  );
}

function Person(props: { readonly id: ParticipantId; readonly tracks: TracksOf }) {
  const call = useCall();
  const person = () => call.view.state.participants[props.id];
  const name = () => person()?.name ?? "";
  const tracks = () => props.tracks.get(props.id) ?? {};
  return (
    <li class={styles.person} data-speaking={call.view.speaking.includes(props.id) ? "" : undefined}>
      <Avatar id={props.id} name={name()} />
      <span class={styles.name}>
        <span>{name()}</span>
        <Show when={props.id === call.view.you}>
          <small>{roomWords().you}</small>
        </Show>
        <Show when={person()?.presence === "away"}>
          <small>{roomWords().awayShort}</small>
        </Show>
      </span>
      <Show when={placeOfHand(call.view, props.id)}>
        {(place) => (
          <span class={styles.hand}>
            <Icon shape={hand} size={16} />
            <span aria-hidden="true">{place()}</span>
            <span class="heard">{roomWords().hand(place())}</span>
          </span>
        )}
      </Show>
      <State
        isOn={isLive(tracks().microphone)}
        on={microphone}
        off={microphoneOff}
        words={roomWords().micState}
      />
      <State isOn={isLive(tracks().camera)} on={camera} off={cameraOff} words={roomWords().cameraState} />
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

function isLive(track: { readonly muted: boolean } | undefined): boolean {
  return track !== undefined && !track.muted;
}
