import { LinkId, type LinkSecret, newRowId, randomToken, RoomId } from "@tafelrunde/protocol";
import { CreateLink, LinkCreated, MAX_LINKS, RoomLink, RoomLinkPage } from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { hashSecret } from "../identity/secret.ts";
import { countLinks, insertLink, type LinkRecord, listLinks, revokeLink } from "../store/link.ts";
import { publicOrigin } from "./origin.ts";
import { pagedBy, pageFrom } from "./paging.ts";
import { fieldProblem, ProblemError, unknown } from "./problem.ts";
import { getRoomFor, readerOf } from "./room_access.ts";
import { type Route, route } from "./route.ts";
import type { Service } from "./serve_route.ts";
import { timeOf } from "./time.ts";

/** Where a page of links ends: created at (ms), id. */
const Position = v.tuple([v.pipe(v.number(), v.safeInteger(), v.minValue(0)), LinkId]);

/** /v1/rooms/{room}/links: make them, list them, take them back. */
export function linkRoutes({ db, now, config }: Service): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/rooms/{room}/links",
      tag: "rooms",
      summary: "Make a link to a room",
      access: "member",
      scope: "rooms:write",
      params: { room: RoomId },
      body: CreateLink,
      answer: LinkCreated,
      status: 201,
      problems: { "room.notAllowed": 403, "room.linksSpent": 409 },
    }, async ({ caller, params, body, c }) => {
      const room = await getRoomFor(db, caller, params.room, "lead");
      const expiresAt = body.expiresAt === null ? null : Date.parse(body.expiresAt);
      const at = now();
      if (expiresAt !== null && expiresAt <= at) {
        throw fieldProblem({ in: "body", name: "expiresAt", reason: "past" });
      }
      if (await countLinks(db, room.id) >= MAX_LINKS) {
        throw new ProblemError(
          409,
          "room.linksSpent",
          `A room has at most ${MAX_LINKS} links that are good.`,
        );
      }
      const { role, label, maxUses } = body;
      const id = newRowId() as LinkId;
      const link = randomToken() as LinkSecret;
      const made = { id, role, label, expiresAt, maxUses };
      const createdBy = readerOf(caller).accountId;
      await insertLink(
        db,
        { ...made, roomId: room.id, hash: await hashSecret(link), createdBy },
        new Date(at),
      );
      const shown = linkOf({ ...made, createdAt: at, uses: 0, revokedAt: null });
      return { ...shown, link, url: `${publicOrigin(c, config)}/r/${room.id}#${link}` };
    }),

    route({
      method: "GET",
      path: "/v1/rooms/{room}/links",
      tag: "rooms",
      summary: "List a room's links, the newest first",
      access: "member",
      scope: "rooms:read",
      params: { room: RoomId },
      query: pagedBy(Position),
      answer: RoomLinkPage,
      problems: { "room.notAllowed": 403 },
    }, async ({ caller, params, query: { limit, cursor } }) => {
      const { id } = await getRoomFor(db, caller, params.room, "lead");
      const links = await listLinks(db, id, { after: cursor, count: limit + 1 });
      return pageFrom(links, limit, linkOf, (link) => [link.createdAt, link.id]);
    }),

    route({
      method: "DELETE",
      path: "/v1/rooms/{room}/links/{link}",
      tag: "rooms",
      summary: "Take a link back",
      description: "Nobody comes in with it any more; who is in the room stays.",
      access: "member",
      scope: "rooms:write",
      params: { room: RoomId, link: LinkId },
      problems: { "room.notAllowed": 403 },
    }, async ({ caller, params }) => {
      const { id } = await getRoomFor(db, caller, params.room, "lead");
      if (!await revokeLink(db, id, params.link, now())) throw unknown("link");
    }),
  ];
}

function linkOf({ createdAt, expiresAt, revokedAt, ...link }: LinkRecord): RoomLink {
  return {
    ...link,
    createdAt: timeOf(createdAt),
    expiresAt: timeOf(expiresAt),
    revokedAt: timeOf(revokedAt),
  };
}
