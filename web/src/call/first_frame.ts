/**
 * Performance marks that bench/join reads: from the click (or the entry script's first line) to the first
 * frame of a remote picture.
 */
export const MARKS = {
  click: "tafelrunde:click",
  admitted: "tafelrunde:admitted",
  firstFrame: "tafelrunde:first-frame",
} as const;

/**
 * Marks the first decoded frame of any remote video once a <video> of the page renders it; `isRemote` tells
 * remote tracks from one's own. Watches elements as they start to load, so that no tile has to report.
 */
export function markFirstFrame(isRemote: (track: MediaStreamTrack) => boolean): void {
  const watched = new AbortController();
  document.addEventListener("loadstart", ({ target }) => {
    if (!(target instanceof HTMLVideoElement)) return;
    if (!(target.srcObject as MediaStream | null)?.getVideoTracks().some(isRemote)) return;
    // Firefox supports it from version 132.
    target.requestVideoFrameCallback?.(() => {
      if (watched.signal.aborted) return;
      performance.mark(MARKS.firstFrame);
      watched.abort();
    });
  }, { capture: true, signal: watched.signal });
}
