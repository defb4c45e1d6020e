/**
 * Loaded into a measured media node: an HTTP server on 127.0.0.1:TAP_PORT routes packets through a router of
 * a participant's room, beside the peers in it. `POST /?sink=PORT` creates a track that accepts plain RTP and
 * forwards it to that port, and returns a `TapPath`.
 */
import { createServer } from "node:http";
import { observer, type types } from "mediasoup";

/** Where to send packets, with which payload type and SSRC, and the SSRC with which they come out. */
export interface TapPath {
  readonly port: number;
  readonly payloadType: number;
  readonly ssrcIn: number;
  readonly ssrcOut: number;
}

const PAYLOAD_TYPE = 111;
const SSRC_IN = 1_234_567;
const LISTEN = { protocol: "udp", ip: "127.0.0.1" } as const;

/** The newest router that has a browser's transport. */
let router: types.Router | undefined;

async function open(sinkPort: number): Promise<TapPath> {
  if (router === undefined) throw new Error("nobody has media");
  const source = await router.createPlainTransport({ listenInfo: LISTEN, rtcpMux: true, comedia: true });
  const producer = await source.produce({
    kind: "audio",
    rtpParameters: {
      codecs: [{ mimeType: "audio/opus", payloadType: PAYLOAD_TYPE, clockRate: 48_000, channels: 2 }],
      encodings: [{ ssrc: SSRC_IN }],
    },
  });
  const sink = await router.createPlainTransport({ listenInfo: LISTEN, rtcpMux: true });
  await sink.connect({ ip: LISTEN.ip, port: sinkPort });
  const consumer = await sink.consume({ producerId: producer.id, rtpCapabilities: router.rtpCapabilities });
  return {
    port: source.tuple.localPort,
    payloadType: PAYLOAD_TYPE,
    ssrcIn: SSRC_IN,
    ssrcOut: consumer.rtpParameters.encodings![0]!.ssrc!,
  };
}

if (process.env["TAP_PORT"] !== undefined) {
  observer.on(
    "newworker",
    (worker) =>
      worker.observer.on("newrouter", (made) =>
        made.observer.on("newtransport", ({ type }) => {
          // The router of the health check has no codecs.
          if (type === "webrtc" && made.rtpCapabilities.codecs!.length > 0) router = made;
        })),
  );
  const server = createServer((request, response) => {
    const sinkPort = Number(new URL(request.url ?? "", "http://tap").searchParams.get("sink"));
    open(sinkPort).then(
      (path) => response.end(JSON.stringify(path)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(Number(process.env["TAP_PORT"]), LISTEN.ip).unref();
}
