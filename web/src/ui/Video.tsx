import { createComputed, createSignal, For, onCleanup, untrack } from "solid-js";
import { playTrack } from "../call/playing.ts";
import { fitOf } from "./fit.ts";
import styles from "./Video.module.css";

interface VideoProps {
  readonly track: MediaStreamTrack;
  /** Mirrored, for one's own camera. */
  readonly mirrored?: boolean;
  /** "cover": faces, cropped to the box if most of the picture remains; "contain": screens, uncropped. */
  readonly fit?: "cover" | "contain";
  /**
   * Called with the picture's aspect ratio, width over height, when it is known and when it changes: a phone
   * is rotated.
   */
  readonly onShape?: (shape: number) => void;
}

/**
 * Plays one video track without sound. Invisible until it has a picture, so that what is behind it shows
 * until then. Each track has its own element, since Firefox stops on a stream whose track is replaced; the
 * last picture of the old one covers the new one until that has a picture.
 */
export function Video(props: VideoProps) {
  const [tracks, setTracks] = createSignal<readonly MediaStreamTrack[]>([]);
  createComputed(() => {
    const { track } = props;
    const others = untrack(tracks).filter((other) => other !== track);
    // The last one is on top and has a picture, if any has.
    setTracks([track, ...others.slice(-1)]);
  });
  const uncover = (track: MediaStreamTrack) => {
    if (untrack(tracks)[0] === track) setTracks([track]);
  };
  return (
    <For each={tracks()}>
      {(track) => (
        <video
          ref={(element) => {
            if (untrack(tracks).length === 1) element.dataset["empty"] = "";
            onCleanup(playTrack(element, track));
            const fit = () => {
              const { videoWidth, videoHeight, clientWidth, clientHeight } = element;
              if (videoWidth === 0 || videoHeight === 0) return;
              const shape = videoWidth / videoHeight;
              const isWhole = props.fit === "contain" ||
                clientHeight > 0 && fitOf(shape, clientWidth / clientHeight) === "contain";
              element.dataset["fit"] = isWhole ? "contain" : "cover";
              props.onShape?.(shape);
            };
            element.addEventListener("resize", fit);
            element.addEventListener("loadeddata", fit);
            const sizes = new ResizeObserver(fit);
            sizes.observe(element);
            onCleanup(() => sizes.disconnect());
          }}
          class={styles.video}
          data-mirrored={props.mirrored ? "" : undefined}
          data-fit={untrack(() => props.fit ?? "cover")}
          muted
          playsinline
          disablepictureinpicture
          onLoadedData={({ currentTarget }) => {
            delete currentTarget.dataset["empty"];
            uncover(track);
          }}
        />
      )}
    </For>
  );
}
