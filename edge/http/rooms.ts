import {
  base32,
  type DownOf,
  isRefusal,
  type LinkSecret,
  randomToken,
  type Refusal,
  RoomId,
  type RoomState,
} from "@tafelrunde/protocol";
import { CreateRoom, Hello, HelloAnswer, RoomCreated, RoomLobby } from "@tafelrunde/protocol/http";
import type { Config } from "../config.ts";
import { hashSecret } from "../identity/secret.ts";
import { enter, lobbyOf, openByLink, type Reception } from "../rooms/enter.ts";
import { insertRoom } from "../store/room.ts";
import { clientAddress } from "./address.ts";
import { ensureDevice } from "./device_cookie.ts";
import { tooFrequent } from "./limit.ts";
import { publicOrigin } from "./origin.ts";
import { fieldProblem, ProblemError, unknown } from "./problem.ts";
import { type Route, route } from "./route.ts";
import type { Runtime } from "./signal.ts";

/** /v1/rooms: make a room, read what a link holder may know, come in the direct way. */
export function roomRoutes(reception: Reception, config: Config, runtime: Runtime): Route[] {
  const { context: { db, now } } = reception;
  return [
    route({
      method: "POST",
      path: "/v1/rooms",
      tag: "rooms",
      summary: "Make a room",
      access: "anyone",
      scope: "rooms:write",
      limit: "room.create",
      body: CreateRoom,
      answer: RoomCreated,
      status: 201,
      location: ({ room }) => `/v1/rooms/${room}`,
    }, async ({ body: { name }, c }) => {
      const room = newRoomId();
      const link = randomToken() as LinkSecret;
      await insertRoom(db, { id: room, linkHash: await hashSecret(link) }, name, now());
      return { room, link, url: `${publicOrigin(c, config)}/r/${room}#${link}` };
    }),

    route({
      method: "GET",
      path: "/v1/rooms/{room}/lobby",
      tag: "rooms",
      summary: "Read what a link holder may know",
      description: "Authorization: Bearer, and the link's secret: what follows # in its address.",
      access: "open",
      params: { room: RoomId },
      answer: RoomLobby,
    }, async ({ params: { room }, c }) => {
      const link = /^Bearer ([A-Za-z0-9_-]{1,64})$/.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
      const open = await openByLink(reception, room, link, clientAddress(c, config, runtime));
      if (isRefusal(open)) throw problemOf(open);
      return { room, ...lobbyOf(open.room.state) };
    }),

    route({
      method: "POST",
      path: "/v1/rooms/{room}/hello",
      tag: "rooms",
      summary: "Come in the direct way",
      description:
        "What a signaling socket's hello would be answered, in one request; the socket opens beside it.",
      access: "open",
      limit: "socket.open",
      params: { room: RoomId },
      body: Hello,
      answer: HelloAnswer,
      problems: { "version.unknown": 426, "room.full": 409, "participant.nameInvalid": 409 },
    }, async ({ params, body: hello, c }) => {
      if (hello.room !== params.room) {
        throw fieldProblem({ in: "body", name: "room", reason: "differs from the path" });
      }
      const visitor = { device: ensureDevice(c, config), address: clientAddress(c, config, runtime) };
      const entered = await enter(reception, hello, visitor);
      if (entered === "version") {
        throw new ProblemError(426, "version.unknown", "This protocol version is not spoken here.");
      }
      if (typeof entered === "string") throw unknown("room");
      if (isRefusal(entered)) throw problemOf(entered);
      const { welcome, open } = entered;
      return { welcome, snapshot: welcome.joined ? snapshotOf(open.room.state) : null };
    }),
  ];
}

function snapshotOf(state: RoomState): DownOf<"snapshot"> {
  return { type: "snapshot", state: { ...state } };
}

function problemOf(refusal: Refusal): ProblemError {
  if (refusal.refused === "room.unknown") return unknown("room");
  return refusal.refused === "address.tooFrequent"
    ? tooFrequent(refusal)
    : new ProblemError(409, refusal.refused);
}

function newRoomId(): RoomId {
  const text = base32(crypto.getRandomValues(new Uint8Array(8)));
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8, 12)}` as RoomId;
}
