import type { RoomId } from "@tafelrunde/protocol";
import { type PeersReport, REPORTED_PEERS, type ReportedPeer } from "@tafelrunde/protocol/media";
import type { Peer } from "./peer.ts";
import type { Room } from "./room.ts";

type ReportedTrack = ReportedPeer["tracks"][number];

/** The next peers that an edge controls, ordered by number, after number `after`. At most REPORTED_PEERS. */
export function reportPeers(
  rooms: Iterable<Room>,
  { edgeId, after, hasSay }: {
    readonly edgeId: string;
    readonly after: number;
    readonly hasSay: (peer: Peer) => boolean;
  },
): PeersReport {
  const due = [...rooms]
    .flatMap((room) => [...room.peers.values()].map((peer) => ({ room, peer })))
    .filter(({ peer }) => peer.number > after && hasSay(peer))
    .sort((one, other) => one.peer.number - other.peer.number);
  const told = due.slice(0, REPORTED_PEERS);
  return {
    peers: told.map(({ room, peer }) => ({
      roomId: room.id as RoomId,
      peerId: peer.id as ReportedPeer["peerId"],
      sendId: peer.sendId,
      live: peer.live,
      mine: peer.edgeId === edgeId,
      receives: peer.receives,
      ...peer.space !== null && { space: peer.space as NonNullable<ReportedPeer["space"]> },
      tracks: room.published.of(peer).map(({ id, muted, audience }) => ({
        trackId: id as ReportedTrack["trackId"],
        muted,
        ...audience !== null && { audience: [...audience] as NonNullable<ReportedTrack["audience"]> },
      })),
    })),
    next: due.length > told.length ? told.at(-1)!.peer.number : null,
  };
}
