/** What bench/join reads: from the click (or the entry script's first line) to the first frame of someone else's picture. */
export const MARKS = {
  click: "tafelrunde:click",
  admitted: "tafelrunde:admitted",
  firstFrame: "tafelrunde:first-frame",
} as const;

/**
 * Marks the first decoded frame of anyone's video once it is rendered in a <video> of the page; `isRemote` tells their tracks from one's
 * own. Watches elements as they start to load instead of asking each tile to report.
 */
export function markFirstFrame(isRemote: (track: MediaStreamTrack) => boolean): void {
  const watched = new AbortController();
  document.addEventListener("loadstart", ({ target }) => {
    if (!(target instanceof HTMLVideoElement)) return;
    if (!(target.srcObject as MediaStream | null)?.getVideoTracks().some(isRemote)) return;
    // Firefox has it from version 132 on.
    target.requestVideoFrameCallback?.(() => {
      if (watched.signal.aborted) return;
      performance.mark(MARKS.firstFrame);
      watched.abort();
    });
  }, { capture: true, signal: watched.signal });
}
