import * as v from "valibot";
import { CommandId, EdgeId, LinkSecret, NodeId, ParticipantId, RoomId, TabId, TokenSecret } from "./ids.ts";
import { Finite, Instant, message, Seq } from "./message.ts";
import { joinEntries } from "./participant.ts";
import { NodeOption, PeerAnswer, PeerOffer, RttByNode, TransportId } from "./peer.ts";
import { Role } from "./role.ts";
import { record, strictObject } from "./object.ts";
import { TrackSource } from "./track.ts";

/** `hello` without its type; also the body of POST /v1/rooms/{room}/hello, the fast path for joining. */
export const helloEntries = {
  /** Protocol version of the sender. */
  version: v.pipe(v.number(), v.integer()),
  room: RoomId,
  /** The room link's secret. Absent: the client joins by its account's role in the room. */
  link: v.optional(LinkSecret),
  /** Absent: the client comes by a token. */
  tab: v.optional(TabId),
  /** By this a phone, an ingest or a recorder takes part; link and tab have no meaning then. */
  token: v.optional(TokenSecret),
  /** Last event that the client has seen; it gets the later ones, or a snapshot. Absent: it has seen none. */
  since: v.optional(Seq),
  /**
   * Media transports: an offer requests new ones, "keep" says that the existing ones are alive, "none" that
   * the client wants none (yet).
   */
  peer: v.union([PeerOffer, v.literal("keep"), v.literal("none")]),
  /**
   * With an offer: transports made with it exist on this node. They are kept if they still exist; otherwise
   * new ones are made.
   */
  onNode: v.optional(NodeId),
  /**
   * With `onNode`: these transports, by the id of the send transport. Newer transports that the client has
   * not heard of do not count.
   */
  onPath: v.optional(TransportId),
  rttByNode: v.optional(RttByNode),
  /** The fast path: join in the same message. */
  join: v.optional(strictObject({ id: CommandId, ...joinEntries })),
};

/** What everyone with a room's link can see before joining. */
export const Lobby = strictObject({
  /** The room's name; can be empty. */
  name: v.string(),
  /** Number of participants who have joined. */
  present: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
export type Lobby = v.InferOutput<typeof Lobby>;

export const sessionUp = {
  /** First message on a socket. Answered by `welcome` or a close. */
  hello: message("hello", helloEntries),
  /**
   * Answered by `pong` with the same number: lets the client check its socket and measure its round-trip
   * time.
   */
  ping: message("ping", { n: Finite }),
};

export const sessionDown = {
  /**
   * Answer to `hello`. If the participant has joined, the missing events or a `snapshot` follow immediately.
   */
  welcome: message("welcome", {
    /** Protocol version that both speak. */
    version: Finite,
    you: ParticipantId,
    edgeId: EdgeId,
    lobby: Lobby,
    /** Whether the participant has joined (they resume, or used the fast path). */
    joined: v.boolean(),
    /** Whether the participant waits to be admitted (they resume, or used the fast path). */
    waiting: v.boolean(),
    /** The participant's role. */
    role: Role,
    /** Name of the account that they are signed in with; null: none. */
    account: v.nullable(v.string()),
    /** What is still needed to enter the room. */
    needs: strictObject({
      /** The room has a password. */
      password: v.boolean(),
      /** A moderator has to admit the participant. */
      admission: v.boolean(),
    }),
    /**
     * Number of other devices with which the person is in the room. Absent: the edge is an older one, which
     * knows no `replaces`.
     */
    elsewhere: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    /**
     * Protocol version of the oldest edge in the cluster: later features are refused (`feature.unavailable`).
     */
    clusterVersion: Finite,
    /**
     * Whether the link of the hello may be passed on: it has no role, no expiry and no limit, and was not
     * made for one person.
     */
    isLinkForAll: v.boolean(),
    /**
     * New media transports; "kept": the existing ones stay; null: there are none, request them with
     * `peer.open`.
     */
    peer: v.nullable(v.union([PeerAnswer, v.literal("kept")])),
    /** The media nodes that the room may use, to measure round trips to. */
    nodes: v.array(NodeOption),
    /**
     * What a participant still published when their `hello` without `since` ended it: each source, and
     * whether it was muted. It shows them what was muted or stopped while they were disconnected. Absent:
     * they were not in the room, or the edge is an older one.
     */
    ended: v.optional(record(TrackSource, v.boolean())),
    /** The edge's clock. */
    at: Instant,
  }),
  /** `clusterVersion` of the welcome has changed. */
  cluster: message("cluster", { clusterVersion: Finite }),
  /** A participant joined or left while the client is in the lobby. */
  lobby: message("lobby", { lobby: Lobby }),
  /** The whole state, in place of events; `state` is a RoomState whose `seq` is its last event. */
  snapshot: message("snapshot", {
    /** The state of the room: a RoomState. */
    state: record(v.string(), v.unknown()),
  }),
  /**
   * After the participant has moved to another space: what they see there, in place of these parts of the
   * state. `seq`: the last event in it.
   */
  slices: message("slices", { seq: Seq, slices: record(v.string(), v.unknown()) }),
  /** In place of an event that this participant must not see: only its position in the log. */
  skipped: message("skipped", { seq: Seq }),
  /** A command was accepted without an event (nothing to change), or made its event in an earlier attempt. */
  done: message("done", { cause: CommandId }),
  /**
   * This edge is shutting down: reconnect at a moment of the client's choice within `withinMs`, resume there,
   * and leave this socket to be replaced.
   */
  moving: message("moving", { withinMs: Finite }),
  pong: message("pong", { n: Finite }),
};
