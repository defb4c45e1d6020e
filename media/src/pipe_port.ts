import { isIP } from "node:net";
import type { PipeEnd } from "@tafelrunde/protocol/cascade";
import type { NodeAddress } from "@tafelrunde/protocol/media";
import type { types } from "mediasoup";
import { closeWithParent } from "./close_with_parent.ts";
import type { ListenAddress, PortRange } from "./config.ts";

/**
 * The two sides of a pipe: workers of one node (loopback, unencrypted and lossless), nodes of one private
 * network, or nodes that connect over public addresses.
 */
export type PipeScope = "inside" | "private" | "public";

/** Where pipes to other nodes listen. */
export interface PipeAddresses {
  readonly private: readonly ListenAddress[];
  readonly public: readonly ListenAddress[];
  readonly ports: PortRange;
}

/** An end of a pipe; inside a node it has no keys. */
export type PipeAddress = Omit<PipeEnd, "srtpParameters"> & Partial<Pick<PipeEnd, "srtpParameters">>;

/** How two nodes reach each other. */
export function scopeBetween(one: NodeAddress, other: NodeAddress): Exclude<PipeScope, "inside"> {
  return one.network !== null && one.network === other.network ? "private" : "public";
}

/** Pipes inside a node never leave it. */
const LOOPBACK: ListenAddress = { ip: "127.0.0.1", announced: undefined };

/** One end of a pipe on a router: its transport, and what the other end needs to know of it. */
export class PipePort {
  readonly transport: types.PipeTransport;
  readonly address: PipeAddress;

  private constructor(transport: types.PipeTransport, address: PipeAddress) {
    this.transport = transport;
    this.address = address;
  }

  /**
   * Opens an end. `family`: the IP version of the other end, if known. Undefined: this node has no such
   * address. Rejects if no port is free.
   */
  static async open(
    router: types.Router,
    scope: PipeScope,
    addresses: PipeAddresses,
    family?: number,
  ): Promise<PipePort | undefined> {
    const isInside = scope === "inside";
    const listen = isInside
      ? LOOPBACK
      : addresses[scope].find(({ ip }) => family === undefined || isIP(ip) === family);
    if (listen === undefined) return undefined;
    const { ip, announced } = listen;
    const { min, max } = addresses.ports;
    const transport = await closeWithParent(
      router,
      router.createPipeTransport({
        listenInfo: {
          protocol: "udp",
          ip,
          ...(announced === undefined ? {} : { announcedAddress: announced }),
          ...(isInside || max === 0 ? {} : { portRange: { min, max } }),
        },
        enableSctp: false,
        enableRtx: !isInside,
        enableSrtp: !isInside,
      }),
    );
    const { srtpParameters, tuple: { localPort } } = transport;
    const address: PipeAddress = { ip: announced ?? ip, port: localPort };
    if (isInside) return new PipePort(transport, address);
    const { cryptoSuite, keyBase64 } = srtpParameters!;
    if (cryptoSuite !== "AEAD_AES_256_GCM" && cryptoSuite !== "AEAD_AES_128_GCM") {
      transport.close();
      throw new Error(`mediasoup made keys for ${cryptoSuite}`);
    }
    return new PipePort(transport, { ...address, srtpParameters: { cryptoSuite, keyBase64 } });
  }

  /** Connects it to the other end. */
  async connect({ ip, port, srtpParameters }: PipeAddress): Promise<void> {
    await this.transport.connect({ ip, port, ...(srtpParameters === undefined ? {} : { srtpParameters }) });
  }

  /** Bits per second that it sends and receives. */
  async bitrates(): Promise<{ sendBps: number; recvBps: number }> {
    const [stats] = await this.transport.getStats();
    return { sendBps: stats?.sendBitrate ?? 0, recvBps: stats?.recvBitrate ?? 0 };
  }

  /** Bytes sent, including RTCP. */
  async bytesSent(): Promise<number> {
    const [stats] = await this.transport.getStats();
    return stats?.bytesSent ?? 0;
  }

  /** Bytes received, including RTCP. */
  async bytesReceived(): Promise<number> {
    const [stats] = await this.transport.getStats();
    return stats?.bytesReceived ?? 0;
  }
}
