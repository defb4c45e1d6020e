import type { AccountId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";

/**
 * What the tables hold on a person besides the account itself, by table, as it stands there; secrets and their hashes left out. Names of
 * columns are those of sql/; `invited` are those whom the person has invited.
 */
export async function exportAccount(db: Db, id: AccountId): Promise<Record<string, unknown[]>> {
  const ownRooms = db.selectFrom("room").select("id").where("owner_id", "=", id);
  const ownMeetings = db.selectFrom("meeting").select("id").where("owner_id", "=", id);
  const tables = {
    identity: db.selectFrom("identity").select(["issuer", "subject", "created_at"]).where(
      "account_id",
      "=",
      id,
    ),
    password: db.selectFrom("password").select("changed_at").where("account_id", "=", id),
    passkey: db.selectFrom("passkey").select(["id", "name", "transports", "created_at", "used_at"])
      .where("account_id", "=", id),
    recovery_code: db.selectFrom("recovery_code").select("used_at").where("account_id", "=", id),
    session: db.selectFrom("session")
      .select(["method", "issuer", "device", "created_at", "proved_at", "seen_at", "expires_at"])
      .where("account_id", "=", id),
    people_group: db.selectFrom("people_group as g")
      .innerJoin("people_group_member as m", "m.group_id", "g.id").select("g.name").where(
        "m.account_id",
        "=",
        id,
      ),
    api_key: db.selectFrom("api_key").select(["name", "scopes", "created_at", "expires_at", "used_at"])
      .where("created_by", "=", id),
    room: db.selectFrom("room").select(["id", "slug", "name", "settings", "created_at"]).where(
      "owner_id",
      "=",
      id,
    ),
    room_link: db.selectFrom("room_link").select([
      "room_id",
      "role",
      "label",
      "created_at",
      "expires_at",
      "revoked_at",
    ])
      .where("room_id", "in", ownRooms),
    room_member: db.selectFrom("room_member").select(["room_id", "role"]).where("account_id", "=", id),
    favourite: db.selectFrom("favourite as f").innerJoin("room as r", "r.id", "f.room_id")
      .select(["f.room_id", "r.name"]).where("f.account_id", "=", id),
    meeting: db.selectFrom("meeting")
      .select([
        "id",
        "room_id",
        "title",
        "description",
        "starts_local",
        "time_zone",
        "duration_minutes",
        "recurrence",
        "cancelled_at",
        "created_at",
      ])
      .where("owner_id", "=", id),
    meeting_exception: db.selectFrom("meeting_exception").selectAll().where("meeting_id", "in", ownMeetings),
    invitation: db.selectFrom("invitation as i").innerJoin("meeting as m", "m.id", "i.meeting_id")
      .select(["i.meeting_id", "m.title", "i.role", "i.answer", "i.answered_at", "i.created_at"])
      .where("i.account_id", "=", id),
    invited: db.selectFrom("invitation as i").leftJoin("account as a", "a.id", "i.account_id")
      .select(({ fn }) => [
        "i.meeting_id",
        fn.coalesce("a.name", "i.name").as("name"),
        "i.email",
        "i.role",
        "i.answer",
        "i.answered_at",
        "i.created_at",
      ])
      .where("i.meeting_id", "in", ownMeetings),
    mail_address: db.selectFrom("ticket").select(["email", "expires_at"]).where("account_id", "=", id)
      .where("email", "is not", null),
  };
  const rows = await Promise.all(
    Object.entries(tables).map(async ([table, query]) => [table, await query.execute()] as const),
  );
  return Object.fromEntries(rows);
}
