/**
 * The shares of strangers, rooms and tenants in what they use together (architecture: fair shares). Each
 * share is enforced where the resource is, before the work; docs/running.md prints this table. A new share
 * gets a row here.
 */
import {
  FIRST_REQUEST_MS,
  HEADERS_WITHIN_MS,
  PIPELINED_LIMIT,
  REQUEST_WITHIN_MS,
  SHARE_PER_ADDRESS,
  SHARE_PER_NETWORK,
  UNREAD_MS,
  UNREAD_PER_CONNECTION,
} from "../edge/connections.ts";
import { PLACE_MS, PLACES_PER_ADDRESS } from "../edge/fair_places.ts";
import { EXPORT_MS, EXPORT_STALL_MS } from "../edge/http/account_export.ts";
import { MESSAGE_ALLOWANCE } from "../edge/rooms/allowance.ts";
import { MAX_AT_ONCE, MAX_WORKERS } from "../edge/identity/password/hasher.ts";
import { ALL_LIMITS } from "../edge/all_limits.ts";
import type { LimitName } from "../edge/limit_table.ts";
import { SOCKETS_PER_ADDRESS } from "../edge/limits.ts";
import { WRITES } from "../edge/rooms/fan_out.ts";
import { IDLE_ROOMS, IDLE_ROOMS_OF_ADDRESS } from "../edge/rooms/idle_rooms.ts";
import { INBOX_LIMIT, LEADING_PLACES, LESSENING_PLACES } from "../edge/rooms/inbox.ts";
import { QUEUE_LIMIT } from "../edge/rooms/session.ts";
import { UNSENT_LIMIT_BYTES } from "../edge/rooms/socket.ts";
import { GUEST_PART, ROOM_SHARES, SCARCE_PART } from "../edge/rooms/stored_shares.ts";
import { UNREAD_IN_ALL, UNREAD_PER_ADDRESS } from "../edge/rooms/unread.ts";
import { POOL_SIZE } from "../edge/store/open.ts";
import { CONNECT_MS } from "../edge/store/postgres.ts";
import { MAX_REQUESTS, MAX_WAITING_BYTES } from "../media/src/channel.ts";
import { AUTH_DEADLINE_MS, MAX_PROVED, UNPROVED } from "../media/src/control.ts";
import { MAKING_AT_ONCE, MAKING_MS } from "../media/src/media_node.ts";
import { SHOWN_WITHIN_MS } from "../media/src/newcomers.ts";
import { PACE } from "../media/src/pace.ts";
import { MAX_ECHOES, MAX_PROBE_BYTES, PROBE_CONNECTIONS, PROBE_TTL_MS, PROBING } from "../media/src/probe.ts";
import {
  ANONYMOUS_PART,
  BUSY_PART,
  SHARE_PART,
  SILENT_PART,
  SILENT_PART_OF_ONE,
} from "../media/src/shares.ts";
import { MAX_MESSAGE_BYTES, MAX_WAITING } from "@tafelrunde/protocol";
import { COMPANY_MS, COUNTED_AT_ONCE, CREDIT_MS, REFILL } from "@tafelrunde/protocol/process/credits";
import { ALL_BYTES, KIND_BYTES } from "@tafelrunde/protocol/process/log_share";
import { MAX_PEER_TRACKS } from "@tafelrunde/protocol/media";

/** A share of a resource, who has it, and what happens beyond it. All texts are for people. */
export interface Share {
  readonly what: string;
  readonly share: string;
  readonly per: string;
  /** How the excess is refused. */
  readonly refused: string;
  /** The limit it corresponds to, if counted over time; the label of tafelrunde_edge_limited_total. */
  readonly limit?: LimitName | "socket.held" | "room.stored" | "tenant.stored";
}

const number = (count: number) => count.toLocaleString("en-US");
const bytes = (count: number) =>
  count < 1_000_000 ? `${Math.round(count / 1_000)} KB` : `${Math.round(count / 1_000_000)} MB`;
const part = (share: number) => `${Math.round(share * 100)} %`;
const time = (seconds: number) =>
  seconds % 86_400 === 0
    ? `${seconds / 86_400} d`
    : seconds % 3_600 === 0
    ? `${seconds / 3_600} h`
    : seconds % 60 === 0
    ? `${seconds / 60} min`
    : `${seconds} s`;

/** All shares: first of what is held at once, then of what is counted over time. */
export const SHARES: readonly Share[] = [
  {
    what: "connections of an edge",
    share: `${part(SHARE_PER_ADDRESS)}; ${part(SHARE_PER_NETWORK)}`,
    per: "an address; a wider IPv6 network",
    refused: "closed; when the edge is full, the longest idle connection is closed for a new one",
  },
  {
    what: "time limits of a connection: to the first request, for headers, for a whole request",
    share: [FIRST_REQUEST_MS, HEADERS_WITHIN_MS, REQUEST_WITHIN_MS].map((ms) => time(ms / 1_000)).join(", "),
    per: "a connection",
    refused: "closed",
  },
  {
    what: "received requests without a response",
    share: number(PIPELINED_LIMIT),
    per: "a connection",
    refused: "closed; requests are read one at a time, round robin between addresses",
  },
  {
    what: "concurrent requests",
    share: `${PLACES_PER_ADDRESS}; one that takes longer than ${PLACE_MS} ms frees its slot`,
    per: "an address",
    refused: "queued, round robin between addresses",
  },
  {
    what: "processing time of requests and messages; on a node, of work for the workers",
    share: `${CREDIT_MS} ms, then ${part(REFILL / COUNTED_AT_ONCE)} of the time; two at once count twice`,
    per: "an address",
    refused: `queued while another address has sent a request within ${time(COMPANY_MS / 1_000)}`,
  },
  {
    what: "socket writes of broadcasts",
    share: `${number(WRITES.burst)} at once, ${number(WRITES.perSecond)} a second`,
    per: "a room; an address, in all rooms",
    refused: "gathered and delayed, round robin between rooms",
  },
  {
    what: "connections of an edge to PostgreSQL (PGlite: 1)",
    share: number(POOL_SIZE),
    per: "all addresses, and the edge's own work",
    refused: `queued, round robin between addresses; 503 \`store.unavailable\` after ${
      time(CONNECT_MS / 1_000)
    }`,
  },
  {
    what: "unread bytes of responses",
    share: `${bytes(UNREAD_PER_CONNECTION)}, ${time(UNREAD_MS / 1_000)}`,
    per: "a connection",
    refused: "closed",
  },
  {
    what: "unread bytes of messages",
    share: bytes(UNSENT_LIMIT_BYTES),
    per: "a socket",
    refused: "closed, `lagging`",
  },
  {
    what: "both together",
    share: bytes(UNREAD_PER_ADDRESS),
    per: "an address",
    refused: "the connection that has not read for the longest time is closed",
  },
  {
    what: "both together",
    share: bytes(UNREAD_IN_ALL),
    per: "an edge",
    refused: "the connection that has not read for the longest time is closed",
  },
  {
    limit: "socket.held",
    what: "open signaling sockets",
    share: number(SOCKETS_PER_ADDRESS),
    per: "an address",
    refused: "`address.tooFrequent`",
  },
  {
    what: "a message, a body",
    share: bytes(MAX_MESSAGE_BYTES),
    per: "a request, a frame",
    refused: "413, `tooLarge`",
  },
  {
    what: "messages",
    share: `${MESSAGE_ALLOWANCE.burst} at once, ${MESSAGE_ALLOWANCE.perSecond} a second`,
    per: "a socket",
    refused: "`message.tooFrequent`, then closed",
  },
  {
    what: "queued messages",
    share: number(QUEUE_LIMIT),
    per: "a socket",
    refused: "`message.tooFrequent`",
  },
  {
    what: "queued commands",
    share: `${number(INBOX_LIMIT)}; the last ${
      number(LESSENING_PLACES)
    } for commands that end something (leave, mute, remove), the last ${
      number(LEADING_PLACES)
    } of them for moderators`,
    per: "a room",
    refused: "`room.busy`",
  },
  {
    what: "empty rooms in memory",
    share: number(IDLE_ROOMS),
    per: "an edge",
    refused: "the least recently used one is dropped, and read again when needed",
  },
  {
    what: "the same",
    share: number(IDLE_ROOMS_OF_ADDRESS),
    per: "an address whose requests loaded them",
    refused: "the same, among its own",
  },
  {
    what: "waiting participants",
    share: number(MAX_WAITING),
    per: "a room",
    refused: "`room.waitingFull`",
  },
  {
    what: "queued password checks",
    share: number(MAX_AT_ONCE),
    per: "an edge, round robin between rooms, accounts and addresses",
    refused: "503 `signIn.busy` for the newest of whoever has the most queued",
  },
  {
    what: "threads that check passwords",
    share: `1 of ${MAX_WORKERS}`,
    per: "an address, a known browser",
    refused: "queued",
  },
  {
    limit: "room.stored",
    what: "stored events, until the room is empty",
    share: `${bytes(ROOM_SHARES.write)} written; from ${bytes(ROOM_SHARES.join)} on, no new participants`,
    per: "a room without an account",
    refused: "`room.logFull`; commands that end something are accepted",
  },
  {
    what: "the same, all together",
    share: "`ANONYMOUS_STORAGE_MB`",
    per: "all rooms without an account",
    refused: `each gets a ${1 / SCARCE_PART}nd of its share, and few new ones are created`,
  },
  {
    limit: "tenant.stored",
    what: "stored events of its rooms and its branding",
    share: `its \`maxStorageBytes\`; guests: ${part(GUEST_PART)} of that`,
    per: "a tenant",
    refused: "`room.logFull` for messages and names; calls go on",
  },
  {
    what: "future and kept meetings",
    share: "`MEETINGS_PER_OWNER`",
    per: "an account",
    refused: "409 `meeting.tooMany`",
  },
  {
    what: "concurrent exports of one's own data",
    share: `1, for ${time(EXPORT_MS / 1_000)} at most, ${time(EXPORT_STALL_MS / 1_000)} without reading`,
    per: "an account on an edge",
    refused: "429 `person.tooFrequent`; an unread one is aborted",
  },
  {
    what: "lines of a log",
    share: `${bytes(KIND_BYTES)} an hour`,
    per: "a kind of line",
    refused: "dropped and counted (`log.full`, `leftOut`)",
  },
  {
    what: "the same, all together",
    share: `${bytes(ALL_BYTES)} an hour`,
    per: "a process",
    refused: "each kind keeps a small share",
  },
  { what: "tracks", share: number(MAX_PEER_TRACKS), per: "a person on a node", refused: "`track.limit`" },
  {
    what: "concurrent requests that create something in workers",
    share:
      `${MAKING_AT_ONCE}, or the number of workers; one that takes longer than ${MAKING_MS} ms frees its slot`,
    per: "an address on a node",
    refused: "they wait",
  },
  {
    what: "restarts and checks of a media transport",
    share: `${PACE.burst} at once, ${PACE.perSecond} a second`,
    per: "a transport on a node",
    refused: "`person.tooFrequent`",
  },
  {
    what: `consumers on a node that is ${part(BUSY_PART)} full`,
    share: part(SHARE_PART),
    per: "a room, an address",
    refused: "`media.unavailable`; another node is tried",
  },
  {
    what: "the same",
    share: part(ANONYMOUS_PART),
    per: "all rooms without an account",
    refused: "`media.unavailable`",
  },
  {
    what: "consumers of tracks that have never sent",
    share: part(SILENT_PART_OF_ONE),
    per: "a room, an address",
    refused: "withheld until the first packet",
  },
  { what: "the same", share: part(SILENT_PART), per: "a node", refused: "withheld until the first packet" },
  {
    what: "unauthenticated connections to the control port",
    share: number(UNPROVED.perAddress),
    per: "an address",
    refused: "the oldest of them is closed",
  },
  {
    what: "the same",
    share: number(UNPROVED.inAll),
    per: "a node",
    refused: "the oldest of all is closed",
  },
  {
    what: "their time limits: to open a socket, then to authenticate",
    share: `${time(SHOWN_WITHIN_MS / 1_000)}, ${time(AUTH_DEADLINE_MS / 1_000)}`,
    per: "a connection",
    refused: "closed",
  },
  {
    what: "authenticated control connections",
    share: number(MAX_PROVED),
    per: "a node",
    refused: "closed, 1013",
  },
  {
    what: "connections to the latency probe",
    share: number(PROBING.perAddress),
    per: "an address",
    refused: "the oldest of them is closed",
  },
  { what: "the same", share: number(PROBING.inAll), per: "a node", refused: "the oldest of all is closed" },
  {
    what: "concurrent measurements",
    share: number(PROBE_CONNECTIONS.perAddress),
    per: "an address",
    refused: "closed, 1013",
  },
  { what: "the same", share: number(PROBE_CONNECTIONS.inAll), per: "a node", refused: "closed, 1013" },
  {
    what: "echoes, their size, their duration",
    share: `${MAX_ECHOES}, ${MAX_PROBE_BYTES} bytes, ${time(PROBE_TTL_MS / 1_000)}`,
    per: "a measurement",
    refused: "closed",
  },
  {
    what: "concurrent requests",
    share: number(MAX_REQUESTS),
    per: "a control connection",
    refused: "answered `node.failed`",
  },
  { what: "unsent bytes", share: bytes(MAX_WAITING_BYTES), per: "a control connection", refused: "closed" },
  ...Object.entries(ALL_LIMITS).map((
    [name, { what, per, points, ofNetwork, durationS, refusal }],
  ): Share => ({
    limit: name as LimitName,
    what,
    share: `${points >= 1_000_000 ? bytes(points) : number(points)} in ${time(durationS)}` +
      (ofNetwork === undefined
        ? ""
        : `; at most ${number(Math.max(points, ofNetwork))} of a wider IPv6 network`),
    per,
    refused: `\`${refusal}\``,
  })),
];
