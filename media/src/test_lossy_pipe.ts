import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { type PipeAddress, PipePort } from "./pipe_port.ts";

/** A network between nodes that loses packets. */
export interface LossyNetwork extends AsyncDisposable {
  /** Packets lost so far. */
  readonly lost: number;
}

/** A relaying socket; pipes accept packets only from the address they were connected to. */
type Relay = Socket & { readonly end: PipeAddress };

/**
 * Puts a lossy network between the ends of all pipes that are connected during the test. It drops every `nth`
 * media packet, in either direction.
 */
export function makeLossyNetwork({ mock }: TestContext, nth: number): LossyNetwork {
  const relays = new Map<string, Relay>();
  let [packets, lost] = [0, 0];
  const key = ({ ip, port }: PipeAddress) => `${ip}:${port}`;
  /** The socket that the end at `to` takes for the other end. */
  const open = async (to: PipeAddress): Promise<Relay> => {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return Object.assign(socket, { end: to });
  };
  /** Forwards one end's packets to the other end, from the relay that that end knows. */
  const carry = (from: Relay, to: Relay) =>
    from.on("message", (packet) => {
      if (isMedia(packet) && ++packets % nth === 0) lost += 1;
      else to.send(packet, to.end.port, to.end.ip);
    });
  const connect = PipePort.prototype.connect;
  mock.method(PipePort.prototype, "connect", async function (this: PipePort, far: PipeAddress) {
    if (far.srtpParameters === undefined) return await connect.call(this, far);
    let relay = relays.get(key(this.address));
    if (relay === undefined) {
      relay = await open(this.address);
      const other = await open(far);
      relays.set(key(this.address), relay).set(key(far), other);
      carry(relay, other);
      carry(other, relay);
    }
    await connect.call(this, { ...far, ip: "127.0.0.1", port: relay.address().port });
  });
  return {
    get lost() {
      return lost;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(
        [...relays.values()].map((relay) => new Promise<void>((resolve) => relay.close(() => resolve()))),
      );
    },
  };
}

/** Whether it is RTP; otherwise it is RTCP. Source: RFC 5761 §4. */
function isMedia(packet: Buffer): boolean {
  const type = packet.readUInt8(1);
  return type < 192 || type > 223;
}
