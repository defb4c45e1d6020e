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
import {
  CreateRoom,
  Hello,
  type HelloAnswer,
  type RoomCreated,
  type RoomInfo,
} from "@tafelrunde/protocol/http";
import { Hono } from "hono";
import * as v from "valibot";
import type { Config } from "../config.ts";
import { hashSecret } from "../identity/secret.ts";
import { enter, lobbyOf, openByLink, type Reception } from "../rooms/enter.ts";
import { storable } from "../rooms/text.ts";
import { insertRoom } from "../store/room.ts";
import { readBody } from "./body.ts";
import { clientAddress } from "./address.ts";
import { ensureDevice } from "./device_cookie.ts";
import { publicOrigin, sameOrigin } from "./origin.ts";
import { limitBy, tooFrequent } from "./limit.ts";
import { ProblemError } from "./problem.ts";
import type { Runtime } from "./signal.ts";

/** /v1/rooms: make a room, read what a link holder may know, come in the direct way. */
export function roomRoutes(reception: Reception, config: Config, runtime: Runtime): Hono {
  const { limits, context: { db, now } } = reception;
  const routes = new Hono();
  routes.use(sameOrigin(config));

  routes.post("/", limitBy(limits, "room.create", config, runtime), async (c) => {
    const { name } = await readBody(c, CreateRoom);
    const room = newRoomId();
    const link = randomToken() as LinkSecret;
    await insertRoom(db, { id: room, linkHash: await hashSecret(link) }, storable(name), now());
    const url = `${publicOrigin(c, config)}/r/${room}#${link}`;
    return c.json({ room, link, url } satisfies RoomCreated, 201, {
      location: `/v1/rooms/${room}`,
      "cache-control": "no-store",
    });
  });

  routes.get("/:room", async (c) => {
    const room = readRoomId(c.req.param("room"));
    const link = /^Bearer ([A-Za-z0-9_-]{1,64})$/.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
    const open = await openByLink(reception, room, link, clientAddress(c, config, runtime));
    if (isRefusal(open)) throw problemOf(open);
    return c.json({ room, ...lobbyOf(open.room.state) } satisfies RoomInfo, 200, {
      "cache-control": "no-store",
    });
  });

  routes.post("/:room/hello", limitBy(limits, "socket.open", config, runtime), async (c) => {
    const hello = await readBody(c, Hello);
    if (hello.room !== c.req.param("room")) {
      throw new ProblemError(422, "request.invalid", "room: differs from the path");
    }
    const visitor = { device: ensureDevice(c, config), address: clientAddress(c, config, runtime) };
    const entered = await enter(reception, hello, visitor);
    if (entered === "version") {
      throw new ProblemError(426, "version.unknown", "This protocol version is not spoken here.");
    }
    if (typeof entered === "string") throw roomUnknown();
    if (isRefusal(entered)) throw problemOf(entered);
    const { welcome, open } = entered;
    return c.json(
      { welcome, snapshot: welcome.joined ? snapshotOf(open.room.state) : null } satisfies HelloAnswer,
      200,
      {
        "cache-control": "no-store",
      },
    );
  });
  return routes;
}

function snapshotOf(state: RoomState): DownOf<"snapshot"> {
  return { type: "snapshot", state: { ...state } };
}

function readRoomId(text: string): RoomId {
  const result = v.safeParse(RoomId, text);
  if (!result.success) throw roomUnknown();
  return result.output;
}

function problemOf(refusal: Refusal): ProblemError {
  if (refusal.refused === "room.unknown") return roomUnknown();
  return refusal.refused === "address.tooFrequent"
    ? tooFrequent(refusal)
    : new ProblemError(409, refusal.refused);
}

function roomUnknown(): ProblemError {
  return new ProblemError(404, "room.unknown", "There is no such room, or the link does not open it.");
}

function newRoomId(): RoomId {
  const text = base32(crypto.getRandomValues(new Uint8Array(8)));
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8, 12)}` as RoomId;
}
