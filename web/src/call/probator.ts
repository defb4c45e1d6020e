import { generateProbatorRtpParameters } from "mediasoup-client/ortc";
import type { RtpParameters, Transport } from "mediasoup-client/types";

/** One entry of the list that mediasoup-client's handlers receive in one negotiation. */
interface Received {
  readonly trackId: string;
  readonly kind: "audio" | "video";
  readonly rtpParameters: RtpParameters;
}

/** The parts of a transport that mediasoup-client 3.x keeps to itself. */
interface Internals {
  readonly _handler: { receive(list: readonly Received[]): Promise<unknown[]> };
  _probatorConsumerCreated: boolean;
}

/**
 * Receives mediasoup's probation stream together with the first video. mediasoup-client negotiates it by
 * itself afterwards, which costs a second offer and answer on each new connection: 20 ms, on a busy machine
 * half a second before later tracks are received. Source: mediasoup-client's `createPendingConsumers`.
 */
export function receiveProbatorWithVideo(transport: Transport): void {
  const internals = transport as unknown as Internals;
  const { _handler: handler } = internals;
  const receive = handler.receive.bind(handler);
  handler.receive = async (list) => {
    const video = list.find(({ kind }) => kind === "video");
    if (video === undefined || internals._probatorConsumerCreated) return await receive(list);
    const rtpParameters = generateProbatorRtpParameters(video.rtpParameters);
    const results = await receive([...list, { trackId: "probator", kind: "video", rtpParameters }]);
    internals._probatorConsumerCreated = true;
    return results.slice(0, list.length);
  };
}
