import type { EdgeContext, RoomServices } from "../context.ts";
import { isRefusal, moderates, type RefusalCode, RoomId } from "@tafelrunde/protocol";
import { Hello, HelloAnswer, RoomLobby } from "@tafelrunde/protocol/http";
import { refusalError } from "../errors.ts";
import { enter, lobbyOf, welcome } from "../rooms/admission/enter.ts";
import { openByLink } from "../rooms/admission/authorize.ts";
import { snapshotOf } from "../rooms/snapshot.ts";
import { clientAddress } from "./address.ts";
import { readMeetingCaller } from "./caller.ts";
import { ensureDevice } from "./device_cookie.ts";
import { fieldProblem, ProblemError, unknown } from "./problem.ts";
import { type Route, route } from "../route.ts";

/** Why a link no longer opens a room. */
const LINK_PROBLEMS = { "link.revoked": 409, "link.expired": 409, "link.usedUp": 409 };

/** Refusals of a client whose link is valid. */
const ADMISSION_REFUSALS = [
  "room.full",
  "room.guestsNotAllowed",
  "room.banned",
  "room.logFull",
  "room.waitingFull",
  "tenant.minutesSpent",
  "password.missing",
  "password.wrong",
  "participant.nameInvalid",
  "participant.hasLeft",
] as const satisfies readonly RefusalCode[];

/**
 * /v1/rooms/{room}/lobby and /hello: what holders of a link can see of a room, and the fast path for joining.
 */
export function lobbyRoutes(context: RoomServices & Pick<EdgeContext, "config" | "runtime">): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/rooms/{room}/lobby",
      tag: "rooms",
      summary: "Read a room's lobby with a link",
      access: "open",
      byLink: true,
      params: { room: RoomId },
      answer: RoomLobby,
      problems: LINK_PROBLEMS,
    }, async ({ params: { room }, c }) => {
      const link = /^Bearer ([A-Za-z0-9_-]{1,64})$/.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
      const open = await openByLink(context, room, link, clientAddress(c, context));
      if (isRefusal(open)) throw refusalError(open);
      return { room, ...lobbyOf(open.room.state) };
    }),

    route({
      method: "POST",
      path: "/v1/rooms/{room}/hello",
      tag: "rooms",
      summary: "Join by the fast path",
      description:
        "Returns what a signaling socket would answer to `hello`, in one request sent while the socket opens.",
      access: "open",
      limit: "socket.open",
      params: { room: RoomId },
      body: Hello,
      answer: HelloAnswer,
      problems: {
        ...LINK_PROBLEMS,
        ...Object.fromEntries(ADMISSION_REFUSALS.map((code) => [code, 409])),
        "version.unknown": 426,
        "password.tooFrequent": 429,
        "person.tooFrequent": 429,
        "room.tooFrequent": 429,
        "room.busy": 503,
      },
    }, async ({ params, body: hello, c }) => {
      if (hello.room !== params.room) {
        throw fieldProblem({ in: "body", name: "room", reason: "otherPath" });
      }
      const client = {
        device: ensureDevice(c, context.config),
        address: clientAddress(c, context),
        caller: await readMeetingCaller(c),
      };
      using _kept = context.rooms.keep(params.room);
      const entered = await enter(context, hello, client);
      if (entered === "version") {
        throw new ProblemError(426, "version.unknown", "The server does not support this protocol version.");
      }
      if (typeof entered === "string") throw unknown("room");
      if (isRefusal(entered)) throw refusalError(entered);
      const { admission: { open, entrant } } = entered;
      const answer = welcome(context, entered);
      const { state } = open.room;
      const { role = "viewer", spaceId: space = null } = state.participants[answer.you] ?? {};
      const person = entrant.persons[0]!;
      const reader = { participantId: answer.you, person, moderates: moderates(role), space };
      return { welcome: answer, snapshot: answer.joined ? snapshotOf(state, reader) : null };
    }),
  ];
}
