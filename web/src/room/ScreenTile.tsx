import type { Track } from "@tafelrunde/protocol";
import { Show } from "solid-js";
import { plain } from "../i18n/isolate.ts";
import { roomWords } from "../i18n/language.ts";
import { Icon } from "../ui/Icon.tsx";
import { Video } from "../ui/Video.tsx";
import { useCall } from "./call_context.ts";
import { Interrupted, isInterrupted } from "./Interrupted.tsx";
import { screen } from "./icons.ts";
import styles from "./ScreenTile.module.css";
import { createVideoView } from "./video_views.ts";

/** Above any camera: a blurred slide is unreadable, a blurred face still smiles. */
const PRIORITY = 200;

/** A shared screen, uncropped. One's own is small and only shows that it is shared. */
export function ScreenTile(props: { readonly track: Track }) {
  const call = useCall();
  let tile!: HTMLDivElement;

  const isYours = () => props.track.participantId === call.view.you;
  const owner = () => call.view.state.participants[props.track.participantId]?.name ?? "";
  /** The sharing participant is not reaching us: the picture is frozen, which a screen does not show. */
  const isGone = () => {
    const { participantId } = props.track;
    return call.view.still.includes(participantId) && !isInterrupted(call.view, [props.track.id]) ||
      call.view.state.participants[participantId]?.presence === "away";
  };
  const picture = () => isYours() ? call.view.local.screen.track : call.view.received[props.track.id];

  createVideoView(() => tile, () => isYours() ? undefined : { trackId: props.track.id, priority: PRIORITY });

  return (
    <div
      ref={tile}
      class={styles.screen}
      data-away={!isYours() && isGone() ? "" : undefined}
      role="group"
      aria-label={plain(roomWords().screenOf(owner()))}
    >
      <Show when={picture()}>{(track) => <Video track={track()} fit="contain" />}</Show>
      <Show when={!isYours() && isGone()} fallback={<Interrupted trackIds={[props.track.id]} />}>
        <p class={styles.away} role="status">{roomWords().still}</p>
      </Show>
      <p class={styles.label}>
        <Icon shape={screen} size={16} />
        <span>{isYours() ? roomWords().sharing : roomWords().screenOf(owner())}</span>
      </p>
    </div>
  );
}
