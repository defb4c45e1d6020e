import type { Direction, DownOf, PeerAnswer, TransportInfo, Up } from "@tafelrunde/protocol";
import { ROUTER_RTP_CAPABILITIES } from "@tafelrunde/protocol/router_capabilities";
import { Device } from "mediasoup-client";
import type { DtlsParameters, IceParameters, RtpCapabilities, Transport } from "mediasoup-client/types";
import type { PreparedOffer } from "./offer.ts";
import { receiveProbatorWithVideo } from "./probator.ts";
import { after } from "./timer.ts";

/**
 * How long a transport can be "disconnected" before ICE is restarted, ms: Safari and mobile networks flap for
 * less.
 */
const DISCONNECTED_GRACE_MS = 2_000;

/** Deadline of an ICE restart before the peer is given up, ms. */
const RESTART_DEADLINE_MS = 8_000;

/** Deadline for new transports to connect before the peer is given up, ms. */
const CONNECT_DEADLINE_MS = 15_000;

const DIRECTIONS = ["send", "recv"] as const satisfies readonly Direction[];

/**
 * Loads what mediasoup-client needs to know of this browser, about 10 ms. Throws if the browser has no
 * supported WebRTC.
 */
export async function loadDevice(): Promise<Device> {
  const device = new Device();
  await device.load({ routerRtpCapabilities: ROUTER_RTP_CAPABILITIES as RtpCapabilities });
  return device;
}

export interface PeerHost {
  send(message: Up): boolean;
  /** A transport's connection changed. */
  changed(): void;
  /** The transports cannot be repaired; a new peer can be opened. */
  failed(): void;
}

/**
 * The two transports of a client. They connect at once, before there is anything to send or receive: a data
 * channel that only this side knows makes the browser run ICE, DTLS and SCTP.
 */
export class Peer {
  readonly send: Transport;
  readonly recv: Transport;
  readonly #host: PeerHost;
  readonly #life = new AbortController();
  readonly #repairs = new Map<Direction, AbortController>();

  constructor(device: Device, prepared: PreparedOffer, answer: PeerAnswer, host: PeerHost) {
    this.#host = host;
    const { offer, certificates } = prepared;
    this.send = device.createSendTransport(optionsOf(answer.send, certificates.send));
    this.recv = device.createRecvTransport(optionsOf(answer.recv, certificates.recv));
    receiveProbatorWithVideo(this.recv);
    confirmFingerprint(this.send, offer.sendFingerprint);
    confirmFingerprint(this.recv, offer.recvFingerprint);
    this.send.on("producedata", (_parameters, made) => made({ id: this.send.id }));
    for (const direction of DIRECTIONS) {
      this[direction].on("connectionstatechange", () => this.#watch(direction));
    }
    after(CONNECT_DEADLINE_MS, () => {
      if (!this.isLive) this.#host.failed();
    }, this.#life.signal);
  }

  get isLive(): boolean {
    return DIRECTIONS.every((direction) => this[direction].connectionState === "connected");
  }

  /** Connects a transport now, without media. Not needed if something is produced or consumed at once. */
  warm(direction: Direction): void {
    const failed = (cause: unknown) => console.warn("media: not warmed", direction, cause);
    if (direction === "send") this.send.produceData({ label: "warm" }).catch(failed);
    else {
      this.recv.consumeData({
        id: this.recv.id,
        dataProducerId: this.recv.id,
        label: "warm",
        sctpStreamParameters: { streamId: 0, ordered: true },
      }).catch(failed);
    }
  }

  /** Restarts ICE for each transport that is broken, or for both. */
  repair(which: "broken" | "all"): void {
    for (const direction of DIRECTIONS) {
      const { connectionState } = this[direction];
      const isBroken = connectionState === "disconnected" || connectionState === "failed";
      if (isBroken || which === "all" && connectionState === "connected") this.#restart(direction);
    }
  }

  async restarted({ direction, iceParameters }: DownOf<"transport.restarted">): Promise<void> {
    if (this[direction].closed) return;
    await this[direction].restartIce({ iceParameters: iceParameters as unknown as IceParameters });
  }

  close(): void {
    this.#life.abort();
    for (const repair of this.#repairs.values()) repair.abort();
    this.send.close();
    this.recv.close();
  }

  #watch(direction: Direction): void {
    if (this.#life.signal.aborted) return;
    switch (this[direction].connectionState) {
      case "connected":
        this.#repairs.get(direction)?.abort();
        this.#repairs.delete(direction);
        break;
      case "disconnected":
        this.#schedule(direction, DISCONNECTED_GRACE_MS);
        break;
      case "failed":
        this.#restart(direction);
        break;
    }
    this.#host.changed();
  }

  #schedule(direction: Direction, delayMs: number): void {
    if (this.#repairs.has(direction)) return;
    const repair = new AbortController();
    this.#repairs.set(direction, repair);
    after(delayMs, () => this.#restart(direction), repair.signal);
  }

  /** Without signaling nothing can be repaired; the call asks again when it is back. */
  #restart(direction: Direction): void {
    this.#repairs.get(direction)?.abort();
    this.#repairs.delete(direction);
    if (!this.#host.send({ type: "transport.restart", direction, path: this.send.id })) return;
    const repair = new AbortController();
    this.#repairs.set(direction, repair);
    after(RESTART_DEADLINE_MS, () => {
      if (this[direction].connectionState !== "connected") this.#host.failed();
    }, repair.signal);
  }
}

function optionsOf(info: TransportInfo, certificate: RTCCertificate) {
  // The node's mediasoup made these for mediasoup-client; the protocol carries them unread.
  const options = info as unknown as Parameters<Device["createSendTransport"]>[0];
  return { ...options, additionalSettings: { certificates: [certificate] } };
}

/**
 * The node already expects the offered certificate, so "connect" needs no message; but it must be that one.
 */
function confirmFingerprint(transport: Transport, offered: string): void {
  transport.on(
    "connect",
    ({ dtlsParameters }: { dtlsParameters: DtlsParameters }, confirmed, refused) => {
      const isOffered = dtlsParameters.fingerprints.some(({ value }) => value.toUpperCase() === offered);
      if (isOffered) confirmed();
      else refused(new Error("the browser uses another certificate than the one it was given"));
    },
  );
}
