import type { MeetingContext } from "../context.ts";
import { RoomId } from "@tafelrunde/protocol";
import { Favourites } from "@tafelrunde/protocol/http";
import type { AccountCaller, TenantCaller } from "../identity/caller.ts";
import { deleteFavourite, MAX_FAVOURITES, putFavourite, readFavourites } from "../store/favourite.ts";
import { hasMeetingIn } from "../store/meeting.ts";
import { ProblemError, unknown } from "./problem.ts";
import { getRoomFor } from "./room_access.ts";
import { type Route, route } from "../route.ts";

/** /v1/favourites: a person's favourite rooms. */
export function favouriteRoutes({ db }: MeetingContext): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/favourites",
      tag: "rooms",
      summary: "List favourite rooms, by name",
      access: "member",
      answer: Favourites,
    }, async ({ caller }) => {
      const favourites = await readFavourites(db, accountOf(caller).id);
      return { items: favourites.map(({ roomId, name }) => ({ room: roomId, name })) };
    }),

    route({
      method: "PUT",
      path: "/v1/favourites/{room}",
      tag: "rooms",
      summary: "Add a favourite room",
      description: "A room that the caller can read, or in which they have a meeting.",
      access: "member",
      params: { room: RoomId },
      problems: { "favourites.full": 409 },
    }, async ({ caller, params: { room } }) => {
      const { id } = accountOf(caller);
      if (!await hasMeetingIn(db, id, room)) await getRoomFor(db, caller, room, "read");
      if (!await putFavourite(db, id, room)) {
        throw new ProblemError(
          409,
          "favourites.full",
          `An account can have at most ${MAX_FAVOURITES} favourites.`,
        );
      }
      return undefined;
    }),

    route({
      method: "DELETE",
      path: "/v1/favourites/{room}",
      tag: "rooms",
      summary: "Remove a favourite room",
      access: "member",
      params: { room: RoomId },
    }, async ({ caller, params: { room } }) => {
      if (!await deleteFavourite(db, accountOf(caller).id, room)) throw unknown("room");
      return undefined;
    }),
  ];
}

/** No scope is declared, so no API key gets here. */
function accountOf(caller: TenantCaller): AccountCaller["account"] {
  if (caller.kind === "key") throw new ProblemError(403, "key.notAllowed");
  return caller.account;
}
