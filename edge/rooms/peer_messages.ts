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
import type { Client } from "./admission/authorize.ts";

/** A client's message about its media transport. */
export type PeerUp = UpOf<keyof typeof peerUp>;

/**
 * Rate-limit points of each message. Messages that make a node's workers create or count something cost more.
 */
const POINTS: Readonly<Record<PeerUp["type"], number>> = {
  "peer.open": 5,
  "transport.restart": 5,
  "peer.check": 5,
  "view.set": 1,
  "track.refresh": 1,
  "rtt.measured": 1,
  "peer.settled": 1,
};

/** Takes the points of a message from its sender and its address; undefined: granted. */
export async function takePeerPoints(
  limits: Limits,
  { device, address }: Client,
  { type }: PeerUp,
): Promise<Refusal | undefined> {
  const points = POINTS[type];
  return await limits.take("media.person", device, points) ??
    await limits.takeOf("media.address", address, { points });
}

/** After a node did not answer or took no client, the client retries after this time, ms. */
const RETRY_MS = 2_000;

/** The answer for a transport that has asked too much of its node. */
const SPENT = refuse("person.tooFrequent", RETRY_MS);

/**
 * Forwards a message about a media transport to its node. Returns the answer to send; `peer.closed`: there is
 * no transport.
 */
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
