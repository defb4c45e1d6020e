import { createEffect, onCleanup } from "solid-js";
import styles from "./Video.module.css";

interface VideoProps {
  readonly track: MediaStreamTrack;
  /** One's own camera, as in a mirror. */
  readonly mirrored?: boolean;
  /** "cover": faces, cropped to the box; "contain": screens, whole. */
  readonly fit?: "cover" | "contain";
  readonly ref?: (element: HTMLVideoElement) => void;
}

/** Plays one video track without sound. Invisible until it has a picture, so that what lies behind it shows meanwhile. */
export function Video(props: VideoProps) {
  let video!: HTMLVideoElement;
  const stream = new MediaStream();
  // Another track in the same stream: the last picture stays until the next one is there.
  createEffect(() => {
    const { track } = props;
    for (const before of stream.getTracks()) if (before !== track) stream.removeTrack(before);
    stream.addTrack(track);
    if (video.srcObject !== null) return;
    video.dataset["empty"] = "";
    video.srcObject = stream;
  });
  onCleanup(() => video.srcObject = null);
  return (
    <video
      ref={(element) => {
        video = element;
        props.ref?.(element);
      }}
      class={styles.video}
      data-mirrored={props.mirrored}
      data-fit={props.fit ?? "cover"}
      muted
      autoplay
      playsinline
      disablepictureinpicture
      onLoadedData={() => delete video.dataset["empty"]}
    />
  );
}
