import { TRACK_SOURCES, trackKind } from "@tafelrunde/protocol";
import type { PublishedTrack } from "@tafelrunde/protocol/media";
import { readRtpParameters, type RtpParameters } from "@tafelrunde/protocol/rtp";

/**
 * How a client will send on another path what it published: in the order of its sources, so that browsers number the media sections from 0 on
 * (RFC 9429 §5.2.1), from SSRCs that nobody knows yet. A picture that is off is not sent before it is on again.
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

/** `parameters` without what differs from one connection to another. */
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
