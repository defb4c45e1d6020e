import type { DownOf, ParticipantId, peerUp, RoomId, UpOf } from "@tafelrunde/protocol";
import type { Fleet } from "../fleet/fleet.ts";
import type { PeerNeed } from "../fleet/room_home.ts";

/** What a client says about its media path. */
export type PeerUp = UpOf<keyof typeof peerUp>;

/** After a node that did not answer, or took nobody, the client tries again in this time, ms. */
const RETRY_MS = 2_000;

/** Passes a message about somebody's media path on to the node. Gives what to answer; `peer.closed`: there is no path. */
export async function answerPeer(
  fleet: Fleet,
  { path, ...peer }: {
    readonly roomId: RoomId;
    readonly peerId: ParticipantId;
    readonly path: Omit<PeerNeed, "offer"> & { readonly live: boolean };
  },
  message: PeerUp,
): Promise<DownOf<"peer.opened" | "peer.closed" | "peer.checked" | "transport.restarted"> | undefined> {
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
      const retryAfterMs = outcome.refused === "unreachable" ? RETRY_MS : 0;
      return { type: "peer.closed", retryAfterMs, ...path !== undefined && { path } };
    }
    case "peer.check": {
      const outcome = await fleet.ask<"peer.check">({ type: "peer.check", ...peer });
      return "ok" in outcome ? { type: "peer.checked", ...outcome.ok } : undefined;
    }
    default:
      return message satisfies never;
  }
}
