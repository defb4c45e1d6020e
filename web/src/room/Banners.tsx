import type { ParticipantId } from "@tafelrunde/protocol";
import { For, Match, Show, Switch } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { CaptureNotices } from "../lobby/CaptureNotices.tsx";
import { Notice } from "../ui/Notice.tsx";
import { microphoneOff, offline, people } from "../ui/icons.ts";
import { Button } from "../ui/Button.tsx";
import { devices, loudspeaker } from "./icons.ts";
import styles from "./Banners.module.css";
import { useCall } from "./call_context.ts";
import { WaitingNotice } from "./WaitingNotice.tsx";

interface BannersProps {
  /** Opens the list of waiting participants; undefined: it is open. */
  readonly onShowWaiting: (() => void) | undefined;
}

/** Current problems of the meeting, above the people; gone when they are over. */
export function Banners(props: BannersProps) {
  const call = useCall();
  return (
    <div class={styles.banners}>
      <Switch>
        <Match when={call.view.connection === "reconnecting"}>
          <Notice shape={offline} tone="wait">{roomWords().reconnecting}</Notice>
        </Match>
        <Match when={call.view.media === "broken"}>
          <Notice shape={offline} tone="wait">{roomWords().mediaBroken}</Notice>
        </Match>
        <Match when={call.view.media === "unsupported"}>
          <Notice shape={offline} tone="wait">{roomWords().noCalls.meeting}</Notice>
        </Match>
        <Match when={call.view.media === "none"}>
          <Notice shape={offline} tone="wait">{roomWords().mediaNone}</Notice>
        </Match>
      </Switch>
      <Show when={call.view.playbackBlocked !== "nothing"}>
        <button type="button" class={styles.hear} onClick={() => void call.playBlocked()}>
          <Notice shape={loudspeaker} tone="wait">
            {call.view.playbackBlocked === "sound" ? roomWords().hear : roomWords().hearAndSee}
          </Notice>
        </button>
      </Show>
      <Show when={call.view.local.isSilent}>
        <Notice
          shape={devices}
          tone="wait"
          action={<Button onClick={() => call.setSound(true)}>{roomWords().elsewhere.sound}</Button>}
        >
          {roomWords().elsewhere.silent}
        </Notice>
      </Show>
      <Show when={call.view.local.speakingWhileMuted}>
        <Notice shape={microphoneOff} tone="wait">{roomWords().mutedSpeaking}</Notice>
      </Show>
      <For each={Object.keys(call.view.state.removing) as ParticipantId[]}>
        {(id) => (
          <Notice shape={people} tone="wait">
            {roomWords().beingRemoved(call.view.state.removing[id]?.name ?? "")}
          </Notice>
        )}
      </For>
      <Show when={props.onShowWaiting}>{(onShow) => <WaitingNotice onShow={onShow()} />}</Show>
      <CaptureNotices isBrief />
    </div>
  );
}
