import {
  type DownOf,
  type ParticipantId,
  type peerUp,
  type Refusal,
  refuse,
  type RoomId,
  type UpOf,
} from "@tafelrunde/protocol";
import type { Fleet } from "../fleet/fleet.ts";
import type { PeerNeed } from "../fleet/room_home.ts";
import type { Limits } from "../limits.ts";
import type { Visitor } from "./knock.ts";

/** What a client says about its media path. */
export type PeerUp = UpOf<keyof typeof peerUp>;

/** What a message takes of what its sender may say about media paths. What has workers of a node make or count something takes more. */
const POINTS: Readonly<Record<PeerUp["type"], number>> = {
  "peer.open": 5,
  "transport.restart": 5,
  "peer.check": 5,
  "view.set": 1,
  "track.refresh": 1,
  "rtt.measured": 1,
  "peer.settled": 1,
};

/** Takes the points of a message about a media path, of its sender and of their address; undefined: there were some left. */
export async function takePeerPoints(
  limits: Limits,
  { device, address }: Visitor,
  { type }: PeerUp,
): Promise<Refusal | undefined> {
  const points = POINTS[type];
  return await limits.take("media.person", device, points) ??
    await limits.takeOf("media.address", address, { points });
}

/** After a node that did not answer, or took nobody, the client tries again in this time, ms. */
const RETRY_MS = 2_000;

/** Of a path that has asked a node for too much. */
const SPENT = refuse("person.tooFrequent", RETRY_MS);

/** Passes a message about somebody's media path on to the node. Gives what to answer; `peer.closed`: there is no path. */
export async function answerPeer(
  fleet: Fleet,
  { path, ...peer }: {
    readonly roomId: RoomId;
    readonly peerId: ParticipantId;
    readonly path: Omit<PeerNeed, "offer"> & { readonly live: boolean };
  },
  message: PeerUp,
): Promise<
  DownOf<"peer.opened" | "peer.closed" | "peer.checked" | "transport.restarted"> | Refusal | undefined
> {
  switch (message.type) {
    case "peer.open": {
      const answer = await fleet.openPeer(peer, { offer: message.offer, ...path });
      return answer === null
        ? { type: "peer.closed", retryAfterMs: RETRY_MS }
        : { type: "peer.opened", answer };
    }
    case "rtt.measured":
      await fleet.measured(peer, message.rttByNode);
      return undefined;
    case "peer.settled":
      fleet.settledOn(peer, message.nodeId);
      return undefined;
    case "view.set":
      void fleet.ask<"view.set">({ type: "view.set", ...peer, tracks: message.tracks });
      return undefined;
    case "track.refresh":
      void fleet.ask<"track.refresh">({ type: "track.refresh", ...peer, trackId: message.trackId });
      return undefined;
    case "transport.restart": {
      const { direction, path } = message;
      const outcome = await fleet.askWhile<"transport.restart">({
        type: "transport.restart",
        ...peer,
        direction,
        ...path !== undefined && { path },
      });
      if (outcome === undefined) return undefined;
      if ("ok" in outcome) return { type: "transport.restarted", direction, ...outcome.ok };
      if (outcome.refused === "share.spent") return SPENT;
      const retryAfterMs = outcome.refused === "unreachable" ? RETRY_MS : 0;
      return { type: "peer.closed", retryAfterMs, ...path !== undefined && { path } };
    }
    case "peer.check": {
      const outcome = await fleet.ask<"peer.check">({ type: "peer.check", ...peer });
      if ("ok" in outcome) return { type: "peer.checked", ...outcome.ok };
      return outcome.refused === "share.spent" ? SPENT : undefined;
    }
    default:
      return message satisfies never;
  }
}
