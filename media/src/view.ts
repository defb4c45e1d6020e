import type { ViewTrack } from "@tafelrunde/protocol";
import { MAX_FIRST_AUDIO } from "@tafelrunde/protocol/media";

/** What a view needs to know of a track of the room. */
export interface ViewableTrack {
  readonly id: string;
  readonly kind: "audio" | "video";
  /** Its publisher. */
  readonly peerId: string;
  /** Simulcast layers, smallest first, in pixels; empty for audio. */
  readonly layers: readonly Size[];
  /** The publisher's space; null: the main room. */
  readonly space: string | null;
  /** The only peers that get it; null: all in the space. */
  readonly audience: readonly string[] | null;
}

/** A peer that receives tracks. */
export interface Viewer {
  readonly id: string;
  /** Null: the main room. */
  readonly space: string | null;
}

/** Whether a peer may be sent a track: never its own, and only of its space and for it. */
export function maySee({ peerId, space, audience }: ViewableTrack, viewer: Viewer): boolean {
  return peerId !== viewer.id && space === viewer.space &&
    (audience === null || audience.includes(viewer.id));
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How one peer is to receive one track. */
export interface Wish {
  readonly trackId: string;
  /** Whether it must not flow now. */
  readonly paused: boolean;
  /** Simulcast layer, 0 is the smallest; -1 for a video track that is not wanted, and for audio. */
  readonly layer: number;
  readonly priority: number;
}

/** Highest priority of a consumer. Source: mediasoup `setPriority`. */
const AUDIO_PRIORITY = 255;

/**
 * How far a picture can be enlarged before the next layer is worth its bits: 360 lines serve a tile of up to
 * 540.
 */
const MAX_ENLARGEMENT = 1.5;

/**
 * Sizes of a video's layers if the publisher sent no scales: each is half of the next, the largest is as
 * captured.
 */
export function layerSizes(full: Size, scales: readonly (number | undefined)[]): Size[] {
  return scales.map((scale, index) => {
    const divisor = scale ?? 2 ** (scales.length - 1 - index);
    return { width: full.width / divisor, height: full.height / divisor };
  });
}

/** The smallest layer that fills `tile` well enough, otherwise the largest. */
export function chooseLayer(layers: readonly Size[], tile: Size): number {
  const enough = layers.findIndex(({ width, height }) =>
    Math.min(tile.width / width, tile.height / height) <= MAX_ENLARGEMENT
  );
  return enough === -1 ? layers.length - 1 : enough;
}

/**
 * The view before the client has sent its own: the first audio tracks and the newest `videos` video tracks of
 * its space, never its own. `tracks` is in order of publishing.
 */
export function automaticView(tracks: Iterable<ViewableTrack>, viewer: Viewer, videos: number): ViewTrack[] {
  const others = [...tracks].filter((track) => maySee(track, viewer));
  const audio = others.filter(({ kind }) => kind === "audio").slice(0, MAX_FIRST_AUDIO);
  const video = videos > 0 ? others.filter(({ kind }) => kind === "video").slice(-videos) : [];
  const tile = automaticTile(video.length);
  return [
    ...audio.map(({ id }) => viewTrack(id, { width: 0, height: 0 }, AUDIO_PRIORITY)),
    ...video.map(({ id }) => viewTrack(id, tile, 1)),
  ];
}

/**
 * A 1280 × 720 screen divided evenly, at most a quarter of it per tile: a guess that the first `view.set`
 * corrects. Its first key frame has a quarter of the pixels of a 720-line one.
 */
function automaticTile(count: number): Size {
  const columns = Math.max(2, Math.ceil(Math.sqrt(count)));
  return { width: Math.round(1280 / columns), height: Math.round(720 / columns) };
}

function viewTrack(id: string, { width, height }: Size, priority: number): ViewTrack {
  return { trackId: id as ViewTrack["trackId"], width, height, priority };
}

/**
 * The wishes of `view` for tracks that the viewer may see; a track listed twice counts once, as last listed.
 */
export function wishes(
  view: readonly ViewTrack[],
  tracks: { get(trackId: string): ViewableTrack | undefined },
  viewer: Viewer,
): Map<string, Wish> {
  const wished = new Map<string, Wish>();
  for (const { trackId, width, height, priority } of view) {
    const track = tracks.get(trackId);
    if (track === undefined || !maySee(track, viewer)) continue;
    if (track.kind === "audio") {
      wished.set(trackId, { trackId, paused: false, layer: -1, priority: AUDIO_PRIORITY });
    } else if (width === 0 || height === 0) {
      wished.set(trackId, { trackId, paused: true, layer: -1, priority });
    } else {
      wished.set(trackId, {
        trackId,
        paused: false,
        layer: chooseLayer(track.layers, { width, height }),
        priority,
      });
    }
  }
  return wished;
}
