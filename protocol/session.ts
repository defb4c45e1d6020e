import * as v from "valibot";
import { CommandId, EdgeId, LinkSecret, NodeId, ParticipantId, RoomId, TabId } from "./ids.ts";
import { Finite, Instant, message, Seq } from "./message.ts";
import { joinEntries } from "./participant.ts";
import { NodeOption, PeerAnswer, PeerOffer, RttByNode, TransportId } from "./peer.ts";
import { Role } from "./role.ts";
import { record, strictObject } from "./object.ts";
import { TrackSource } from "./track.ts";

/** `hello` without its type: also the body of POST /v1/rooms/{room}/hello, for the direct way in. */
export const helloEntries = {
  /** Protocol version of the sender. */
  version: v.pipe(v.number(), v.integer()),
  room: RoomId,
  /** Absent: they come by what their account is in this room. */
  link: v.optional(LinkSecret),
  tab: TabId,
  /** Last event the client has seen; it gets what came after, or a snapshot. Absent: it has seen nothing. */
  since: v.optional(Seq),
  /**
   * The media path: an offer asks for a new one, "keep" says that the one from before is alive, "none" that the client wants none (yet).
   */
  peer: v.union([PeerOffer, v.literal("keep"), v.literal("none")]),
  /** With an offer: a media path made with it lives on this node. It is kept if it does; if not, another is made. */
  onNode: v.optional(NodeId),
  /** With `onNode`: the path, by the id of the transport that it sends on. A path that was made since then, and that the client has not heard of, is another. */
  onPath: v.optional(TransportId),
  rttByNode: v.optional(RttByNode),
  /** The direct way in: join in the same message. */
  join: v.optional(strictObject({ id: CommandId, ...joinEntries })),
};

/** What anyone who holds a room's link may know before joining. */
export const Lobby = strictObject({
  /** What the room is called; empty: nothing. */
  name: v.string(),
  /** How many people have joined. */
  present: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
export type Lobby = v.InferOutput<typeof Lobby>;

export const sessionUp = {
  /** First message on a socket. Answered by `welcome` or a close. */
  hello: message("hello", helloEntries),
  /** Answered by `pong` with the same number: a client's proof that its socket is alive, and its round-trip time. */
  ping: message("ping", { n: Finite }),
};

export const sessionDown = {
  /**
   * Answer to `hello`. For someone who has joined, the missing events or a `snapshot` follow right behind it.
   */
  welcome: message("welcome", {
    /** Protocol version that both will speak. */
    version: Finite,
    you: ParticipantId,
    edgeId: EdgeId,
    lobby: Lobby,
    /** Whether the person counts as joined (they resume, or came the direct way). */
    joined: v.boolean(),
    /** Whether the person waits to be let in (they resume, or came the direct way). */
    waiting: v.boolean(),
    /** What they come as. */
    role: Role,
    /** The name of the account that they are signed in with; null: none. */
    account: v.nullable(v.string()),
    /** What stands between them and the room now. */
    needs: strictObject({
      /** The room has a password. */
      password: v.boolean(),
      /** A moderator lets people in. */
      admission: v.boolean(),
    }),
    /** Protocol version of the oldest edge in the cluster: features that came later are refused (`feature.unavailable`). */
    clusterVersion: Finite,
    /** Whether the link of the hello may be passed on: it has no role, no term and no limit, and was made for nobody in particular. */
    isLinkForAll: v.boolean(),
    /** A new media path; "kept": the one from before lives; null: there is none, ask again with `peer.open`. */
    peer: v.nullable(v.union([PeerAnswer, v.literal("kept")])),
    /** The media nodes that the room may be on, to measure the way to. */
    nodes: v.array(NodeOption),
    /**
     * What somebody who is inside still published, which their `hello` without `since` has ended: of each source, whether it was muted. It tells
     * them what was muted, or ended, while they could not hear of it. Absent: they were not inside, or the edge is an older one.
     */
    ended: v.optional(record(TrackSource, v.boolean())),
    /** The edge's clock. */
    at: Instant,
  }),
  /** `clusterVersion` of the welcome has changed. */
  cluster: message("cluster", { clusterVersion: Finite }),
  /** Someone came or went while the client waits in the lobby. */
  lobby: message("lobby", { lobby: Lobby }),
  /** The whole state, in place of events; `state` is a RoomState whose `seq` is the last event in it. */
  snapshot: message("snapshot", {
    /** The state of the room: a RoomState. */
    state: record(v.string(), v.unknown()),
  }),
  /** In place of an event that this person must not see: its place in the log and nothing else. */
  skipped: message("skipped", { seq: Seq }),
  /** A command was taken but made no event (it asked for what is so already), or made it in an earlier try. */
  done: message("done", { cause: CommandId }),
  /**
   * This edge will end: connect anew at a moment of the client's choice within `withinMs`, resume there, and leave this socket
   * to be replaced.
   */
  moving: message("moving", { withinMs: Finite }),
  pong: message("pong", { n: Finite }),
};
