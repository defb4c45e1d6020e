import { TRACK_SOURCES, trackKind } from "@tafelrunde/protocol";
import type { PublishedTrack } from "@tafelrunde/protocol/media";
import { readRtpParameters, type RtpParameters } from "@tafelrunde/protocol/rtp";

/**
 * Predicts how a client will send its published tracks over another transport: in the order of its sources,
 * so that browsers number the media sections from 0 (RFC 9429 §5.2.1), and with SSRCs that are not known yet.
 * A muted video is not sent until it is unmuted.
 */
export function foreseen(
  tracks: readonly PublishedTrack[],
): (PublishedTrack & { rtpParameters: RtpParameters })[] {
  return tracks.filter(({ source, muted }) => !muted || trackKind(source) === "audio")
    .toSorted((one, other) => TRACK_SOURCES.indexOf(one.source) - TRACK_SOURCES.indexOf(other.source))
    .flatMap((track, index) => {
      const given = readRtpParameters(track.rtpParameters);
      const rtpParameters = given && withoutSsrcs({ ...given, mid: String(index) });
      return rtpParameters === undefined || !isTold(rtpParameters) ? [] : [{ ...track, rtpParameters }];
    });
}

/** `parameters` without the parts that differ between connections. */
export function withoutSsrcs({ encodings, rtcp, msid: _, ...rest }: RtpParameters): RtpParameters {
  return {
    ...rest,
    encodings: encodings.map(({ ssrc: _ssrc, rtx: _rtx, ...encoding }) => encoding),
    ...rtcp && { rtcp: { ...rtcp, cname: undefined } },
  };
}

/** Whether its layers can be told apart without SSRCs. */
function isTold({ encodings }: RtpParameters): boolean {
  return encodings.length === 1 || encodings.every(({ rid }) => rid !== undefined);
}
