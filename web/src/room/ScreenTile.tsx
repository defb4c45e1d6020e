import type { Track } from "@tafelrunde/protocol";
import { Show } from "solid-js";
import { plain } from "../i18n/isolate.ts";
import { roomWords } from "../i18n/language.ts";
import { Icon } from "../ui/Icon.tsx";
import { Video } from "../ui/Video.tsx";
import { useCall } from "./call_context.ts";
import { Interrupted, isInterrupted } from "./Interrupted.tsx";
import { screen } from "./shapes.ts";
import styles from "./ScreenTile.module.css";
import { createVideoView } from "./video_views.ts";

/** Before any camera: a blurred slide cannot be read, a blurred face still smiles. */
const PRIORITY = 200;

/** A shared screen, whole. One's own is small and only says that it is seen. */
export function ScreenTile(props: { readonly track: Track }) {
  const call = useCall();
  let tile!: HTMLDivElement;

  const isYours = () => props.track.participantId === call.view.you;
  const owner = () => call.view.state.participants[props.track.participantId]?.name ?? "";
  /** Whoever shares does not reach us: the picture stands, and does not say so. */
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
