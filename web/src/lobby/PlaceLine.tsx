import { Show } from "solid-js";
import type { MediaPlace } from "../call/api.ts";
import { roomWords } from "../i18n/language.ts";
import { useCall } from "../room/call_context.ts";
import { Icon } from "../ui/Icon.tsx";
import { place as pin } from "../room/icons.ts";
import styles from "./PlaceLine.module.css";

/**
 * The place of the media node, its round trip, and why it was chosen: "Berlin, 12 ms". Nothing if nodes do
 * not report their place.
 */
export function PlaceLine() {
  const call = useCall();
  const live = () =>
    call.view.media === "live" && call.view.place?.region !== undefined ? call.view.place : undefined;
  return (
    <Show when={live()}>
      {(place) => (
        <p class={styles.place}>
          <Icon shape={pin} size={20} />
          <span>
            <strong>{whereOf(place())}</strong> {place().why && roomWords().place[place().why!]}
          </span>
        </p>
      )}
    </Show>
  );
}

function whereOf({ nodeId, region, rttMs }: MediaPlace): string {
  const name = (region ?? nodeId).split("-").map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join(" ");
  return rttMs === undefined ? name : roomWords().place.distance(name, Math.max(1, Math.round(rttMs)));
}
