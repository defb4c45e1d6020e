import type { PipeEnd } from "@tafelrunde/protocol/cascade";
import { createWorker, type types } from "mediasoup";
import { MEDIA_CODECS } from "./capabilities.ts";
import { PipePort } from "./pipe_port.ts";
import { RtpSink, RtpSource } from "./test_rtp.ts";

/** A track as the receiving end of a bare pipe needs it. */
export interface BareTrack {
  readonly trackId: string;
  readonly rtpParameters: types.RtpParameters;
}

/**
 * A mediasoup router with one pipe, encrypted like ours, and none of our code around it: the baseline of
 * bench:cascade.
 */
export class Bare {
  readonly #worker: types.Worker;
  readonly #router: types.Router;
  readonly #port: PipePort;

  private constructor(worker: types.Worker, router: types.Router, port: PipePort) {
    this.#worker = worker;
    this.#router = router;
    this.#port = port;
  }

  static async start(ip: string, workerBin: string | undefined): Promise<Bare> {
    const worker = await createWorker({
      logLevel: "error",
      ...(workerBin === undefined ? {} : { workerBin }),
    });
    const router = await worker.createRouter({ mediaCodecs: MEDIA_CODECS });
    const listen = [{ ip, announced: undefined }];
    const addresses = { private: listen, public: listen, ports: { min: 0, max: 0 } };
    const port = await PipePort.open(router, "private", addresses);
    return new Bare(worker, router, port!);
  }

  get end(): PipeEnd {
    return this.#port.address as PipeEnd;
  }

  async connect(end: PipeEnd): Promise<null> {
    await this.#port.connect(end);
    return null;
  }

  /** Publishes a track, and sends it into the pipe and to a local sink. */
  async publish(trackId: string): Promise<{ source: RtpSource; sink: RtpSink; track: BareTrack }> {
    let producer: types.Producer | undefined;
    const source = await RtpSource.open(this.#router, trackId, async (transport, rtpParameters) => {
      producer = await transport.produce({ kind: "video", rtpParameters });
    });
    const { rtpParameters } = await this.#port.transport.consume({ producerId: producer!.id });
    return {
      source,
      sink: await RtpSink.open(this.#router, producer!.id),
      track: { trackId, rtpParameters },
    };
  }

  /**
   * Receives a track from the pipe, for a local sink and for an unconnected consumer, as the product has one.
   */
  async receive({ rtpParameters }: BareTrack): Promise<RtpSink> {
    const producer = await this.#port.transport.produce({ kind: "video", rtpParameters });
    const idle = await this.#router.createPlainTransport({
      listenInfo: { protocol: "udp", ip: "127.0.0.1" },
    });
    await idle.consume({ producerId: producer.id, rtpCapabilities: this.#router.rtpCapabilities });
    return await RtpSink.open(this.#router, producer.id);
  }

  async cpuMs(): Promise<number> {
    const { ru_utime, ru_stime } = await this.#worker.getResourceUsage();
    return ru_utime + ru_stime;
  }
}
