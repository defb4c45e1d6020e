import type { ParticipantId } from "@tafelrunde/protocol";
import { createEffect, onCleanup, Show } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Icon } from "../ui/Icon.tsx";
import { microphoneOff } from "../ui/icons.ts";
import { Video } from "../ui/Video.tsx";
import { useCall } from "./call_context.ts";
import { Interrupted, isInterrupted } from "./Interrupted.tsx";
import { KIND_SHAPE } from "./kind_shape.ts";
import { trackOf, type TracksOf } from "./people.ts";
import { Slot } from "./Slot.tsx";
import styles from "./Tile.module.css";
import { createVideoView } from "./video_views.ts";

/** Bandwidth priority, 1 to 255. A shared screen comes first (ScreenTile). */
const PRIORITY = { speaking: 150, listening: 100 };

interface TileProps {
  readonly id: ParticipantId;
  /** The devices that the tile stands for, `id` among them. */
  readonly devices: readonly ParticipantId[];
  readonly tracks: TracksOf;
  /** Called with the picture's aspect ratio, width over height; undefined: no picture. */
  readonly onShape?: (shape: number | undefined) => void;
}

/** One person: their picture or initials, and their state. */
export function Tile(props: TileProps) {
  const call = useCall();
  let tile!: HTMLDivElement;

  const isYou = () => props.id === call.view.you;
  const person = () => call.view.state.participants[props.id];
  const name = () => person()?.name ?? "";
  const isSpeaking = () => props.devices.some((id) => call.view.speaking.includes(id));
  const kind = () => person()?.kind;
  const isAway = () => props.devices.every((id) => call.view.state.participants[id]?.presence !== "here");
  const isStill = () => call.view.still.includes(props.id) && !isInterrupted(call.view, shownIds());
  const tracks = () => props.tracks.get(props.id) ?? {};
  const microphone = () => trackOf(props.tracks, props.devices, "microphone");
  const shownIds = () => [tracks().camera?.id, microphone()?.id];
  const isMuted = () => microphone()?.muted ?? true;
  /**
   * Media that a moderator has stopped and the media node has not confirmed: it might still be heard or seen.
   */
  const stopping = () => {
    const { camera } = tracks();
    if (microphone()?.stopping !== undefined) return roomWords().beingMuted;
    return camera?.stopping === undefined ? undefined : roomWords().cameraStopping;
  };

  /** The camera that others see, or will see. */
  const camera = () => {
    const { camera } = tracks();
    return camera === undefined || camera.muted || isYou() ? undefined : camera;
  };
  const picture = () => {
    if (isYou()) return call.view.local.camera.state === "on" ? call.view.local.camera.track : undefined;
    const trackId = camera()?.id;
    return trackId && call.view.received[trackId];
  };

  createEffect(() => {
    if (picture() === undefined) props.onShape?.(undefined);
  });
  onCleanup(() => props.onShape?.(undefined));
  createVideoView(() => tile, () => {
    const trackId = camera()?.id;
    return trackId && { trackId, priority: isSpeaking() ? PRIORITY.speaking : PRIORITY.listening };
  });

  return (
    <div
      ref={tile}
      class={styles.tile}
      role="group"
      aria-label={name()}
      data-speaking={isSpeaking() ? "" : undefined}
      data-away={isAway() || isStill() ? "" : undefined}
    >
      <div class={styles.avatar}>
        <Avatar id={props.id} name={name()} />
      </div>
      <Show when={picture()}>
        {(track) => <Video track={track()} mirrored={isYou()} onShape={(shape) => props.onShape?.(shape)} />}
      </Show>
      <Show
        when={isAway() || isStill()}
        fallback={<Interrupted trackIds={shownIds()} />}
      >
        <p class={styles.away} role="status">{isAway() ? roomWords().away : roomWords().still}</p>
      </Show>
      <div class={styles.badges}>
        <Slot name="TileBadge" id={props.id} />
      </div>
      <Slot name="TileOverlay" id={props.id} />
      <p class={styles.label}>
        <Show when={kind()}>
          {(kind) => (
            <>
              <Icon shape={KIND_SHAPE[kind()]} size={16} />
              <span class="heard">{roomWords().kinds[kind()]}</span>
            </>
          )}
        </Show>
        <Show when={isMuted() && kind() !== "recorder"}>
          <Icon shape={microphoneOff} size={16} />
          <span class="heard">{roomWords().micOff}</span>
        </Show>
        <span class={styles.name} dir="auto" translate="no">{name()}</span>
        <Show when={stopping()}>{(text) => <span class={styles.you}>{text()}</span>}</Show>
        <Show when={isYou()}>
          <span class={styles.you}>{roomWords().you}</span>
        </Show>
      </p>
    </div>
  );
}
