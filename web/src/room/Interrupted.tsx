import type { TrackId } from "@tafelrunde/protocol";
import { Show } from "solid-js";
import type { CallView } from "../call/api.ts";
import { roomWords } from "../i18n/language.ts";
import { Icon } from "../ui/Icon.tsx";
import { offline } from "../ui/icons.ts";
import { useCall } from "./call_context.ts";
import styles from "./Interrupted.module.css";

interface InterruptedProps {
  /** The tracks that the tile plays. */
  readonly trackIds: readonly (TrackId | undefined)[];
}

/**
 * Whether one of these tracks is interrupted now. Its participant is then not shown as still: the cause is
 * known.
 */
export function isInterrupted({ interrupted }: CallView, trackIds: InterruptedProps["trackIds"]): boolean {
  return interrupted.some((trackId) => trackIds.includes(trackId));
}

/** Shows on a tile that its audio or video is interrupted, although the participant is present. */
export function Interrupted(props: InterruptedProps) {
  const call = useCall();
  return (
    <Show when={isInterrupted(call.view, props.trackIds)}>
      <p class={styles.interrupted} role="status">
        <Icon shape={offline} size={18} />
        <span>{roomWords().interrupted}</span>
      </p>
    </Show>
  );
}
