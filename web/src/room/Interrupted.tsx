import type { TrackId } from "@tafelrunde/protocol";
import { Show } from "solid-js";
import { roomWords } from "../i18n/language.ts";
import { Icon } from "../ui/Icon.tsx";
import { offline } from "../ui/shapes.ts";
import { useCall } from "./call_context.ts";
import styles from "./Interrupted.module.css";

interface InterruptedProps {
  /** What the tile shows and lets be heard. */
  readonly trackIds: readonly (TrackId | undefined)[];
}

/** Says on a tile that its picture or sound does not get through now, though its person is there. */
export function Interrupted(props: InterruptedProps) {
  const call = useCall();
  const isInterrupted = () => call.view.interrupted.some((trackId) => props.trackIds.includes(trackId));
  return (
    <Show when={isInterrupted()}>
      <p class={styles.interrupted} role="status">
        <Icon shape={offline} size={18} />
        <span>{roomWords().interrupted}</span>
      </p>
    </Show>
  );
}
