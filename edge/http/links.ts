import type { EdgeContext, RouteContext } from "../context.ts";
import { type AccountId, LinkId, type LinkSecret, newRowId, randomToken, RoomId } from "@tafelrunde/protocol";
import {
  CreateLink,
  instantOf,
  LinkCreated,
  LinkForAll,
  MAX_LINKS,
  RoomLink,
  RoomLinkPage,
} from "@tafelrunde/protocol/http";
import * as v from "valibot";
import { hashSecret } from "../identity/secret.ts";
import {
  countLinks,
  findSealedLink,
  insertLink,
  type LinkRecord,
  listLinks,
  revokeLink,
} from "../store/link.ts";
import { originOfTenant } from "./origin.ts";
import { pagedBy, pageFrom, PositionInstant } from "./paging.ts";
import { fieldProblem, ProblemError, unknown } from "./problem.ts";
import { getRoomFor, readerOf } from "./room_access.ts";
import { type Route, route } from "../route.ts";
import { timeOf } from "./time.ts";

/** Position of a page of links: created at (ms), id. */
const Position = v.tuple([PositionInstant, LinkId]);

/** /v1/rooms/{room}/links: creating, listing and revoking links. */
export function linkRoutes(context: RouteContext & Pick<EdgeContext, "rooms">): Route[] {
  const { db, now, sealer, rooms } = context;
  const requireLinkLeft = async (room: RoomId) => {
    if (await countLinks(db, room) < MAX_LINKS) return;
    throw new ProblemError(409, "room.linksSpent", `A room can have at most ${MAX_LINKS} valid links.`);
  };
  /**
   * The room's existing link for everyone; undefined: there is none that can be shown, or the key that sealed
   * it is gone.
   */
  const findLinkForAll = async (room: RoomId) => {
    const found = await findSealedLink(db, room, now());
    return found && await sealer.open(found.sealed, contextOf(found.id)).catch(() => undefined) as
      | LinkSecret
      | undefined;
  };
  const makeLinkForAll = async (room: RoomId, createdBy: AccountId | null) => {
    await requireLinkLeft(room);
    const id = newRowId();
    const link = randomToken() as LinkSecret;
    const sealed = await sealer.seal(link, contextOf(id));
    const made = { id, roomId: room, hash: hashSecret(link), sealed, createdBy };
    await insertLink(db, made, new Date(now()));
    return link;
  };

  return [
    route({
      method: "POST",
      path: "/v1/rooms/{room}/link",
      tag: "rooms",
      summary: "Get a room's link for everyone",
      description:
        "Moderators of the room get the same link each time. If it cannot be shown again, a new one is created.",
      access: "member",
      scope: "rooms:write",
      params: { room: RoomId },
      answer: LinkForAll,
      problems: { "room.notAllowed": 403, "room.linksSpent": 409 },
    }, async ({ caller, params, c }) => {
      const { id } = await getRoomFor(db, caller, params.room, "lead");
      const link = await findLinkForAll(id) ?? await makeLinkForAll(id, readerOf(caller).accountId);
      const origin = await originOfTenant(c, context, readerOf(caller).tenantId);
      return { link, url: `${origin}/r/${id}#${link}` };
    }),

    route({
      method: "POST",
      path: "/v1/rooms/{room}/links",
      tag: "rooms",
      summary: "Create a link to a room",
      description: "Only the owner, admins and API keys can create links for moderators.",
      access: "member",
      scope: "rooms:write",
      params: { room: RoomId },
      body: CreateLink,
      answer: LinkCreated,
      status: 201,
      problems: { "room.notAllowed": 403, "room.linksSpent": 409 },
    }, async ({ caller, params, body, c }) => {
      const room = await getRoomFor(db, caller, params.room, body.role === "moderator" ? "own" : "lead");
      const expiresAt = body.expiresAt === null ? null : instantOf(body.expiresAt)!;
      const at = now();
      if (expiresAt !== null && expiresAt <= at) {
        throw fieldProblem({ in: "body", name: "expiresAt", reason: "past" });
      }
      await requireLinkLeft(room.id);
      const { role, label, maxUses } = body;
      const id = newRowId() as LinkId;
      const link = randomToken() as LinkSecret;
      const made = { id, role, label, expiresAt, maxUses };
      const createdBy = readerOf(caller).accountId;
      await insertLink(
        db,
        { ...made, roomId: room.id, hash: hashSecret(link), createdBy },
        new Date(at),
      );
      const shown = linkOf({ ...made, createdAt: at, uses: 0, revokedAt: null });
      const origin = await originOfTenant(c, context, readerOf(caller).tenantId);
      return { ...shown, link, url: `${origin}/r/${room.id}#${link}` };
    }),

    route({
      method: "GET",
      path: "/v1/rooms/{room}/links",
      tag: "rooms",
      summary: "List a room's links, newest first",
      access: "member",
      scope: "rooms:read",
      params: { room: RoomId },
      query: pagedBy(Position),
      answer: RoomLinkPage,
      problems: { "room.notAllowed": 403 },
    }, async ({ caller, params, query: { limit, cursor } }) => {
      const { id } = await getRoomFor(db, caller, params.room, "inspect");
      const links = await listLinks(db, id, { after: cursor, count: limit + 1 });
      return pageFrom(links, limit, linkOf, (link) => [link.createdAt, link.id]);
    }),

    route({
      method: "DELETE",
      path: "/v1/rooms/{room}/links/{link}",
      tag: "rooms",
      summary: "Revoke a link",
      description:
        "Nobody can join with it anymore. Participants in the room or its waiting room stay; clients in the lobby are notified.",
      access: "member",
      scope: "rooms:write",
      params: { room: RoomId, link: LinkId },
      problems: { "room.notAllowed": 403 },
    }, async ({ caller, params }) => {
      const { id } = await getRoomFor(db, caller, params.room, "lead");
      if (!await revokeLink(db, id, params.link, now())) throw unknown("link");
      rooms.entryChanged(id);
    }),
  ];
}

/** Context in which a link's secret is sealed. */
function contextOf(linkId: string): string {
  return `link:${linkId}`;
}

function linkOf({ createdAt, expiresAt, revokedAt, ...link }: LinkRecord): RoomLink {
  return {
    ...link,
    createdAt: timeOf(createdAt),
    expiresAt: timeOf(expiresAt),
    revokedAt: timeOf(revokedAt),
  };
}
