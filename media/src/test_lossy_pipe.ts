import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { TestContext } from "node:test";
import { type PipeAddress, PipePort } from "./pipe_port.ts";

/** A network between nodes that loses packets. */
export interface LossyNetwork extends AsyncDisposable {
  /** Packets that were lost so far. */
  readonly lost: number;
}

/** A socket on the way; pipes take packets only from the address that they were joined to. */
type Relay = Socket & { readonly end: PipeAddress };

/** Puts a network between the ends of all pipes that are joined during the test. It loses every `nth` packet with media, either way. */
export function makeLossyNetwork({ mock }: TestContext, nth: number): LossyNetwork {
  const relays = new Map<string, Relay>();
  let [packets, lost] = [0, 0];
  const key = ({ ip, port }: PipeAddress) => `${ip}:${port}`;
  /** What the end at `to` takes for the other one. */
  const open = async (to: PipeAddress): Promise<Relay> => {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return Object.assign(socket, { end: to });
  };
  /** Hands on what one end sends, to the other one, in the name of the relay that this one knows. */
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

/** Whether it is RTP; else it is RTCP. Source: RFC 5761 §4. */
function isMedia(packet: Buffer): boolean {
  const type = packet.readUInt8(1);
  return type < 192 || type > 223;
}
