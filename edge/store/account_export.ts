import type { AccountId } from "@tafelrunde/protocol";
import type { Db } from "./schema.ts";

/**
 * What the tables hold on a person besides the account itself, by table, as it stands there; secrets and their hashes left out. Names of
 * columns are those of sql/.
 */
export async function exportAccount(db: Db, id: AccountId): Promise<Record<string, unknown[]>> {
  const ownRooms = db.selectFrom("room").select("id").where("owner_id", "=", id);
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
    favourite: db.selectFrom("favourite").select("room_id").where("account_id", "=", id),
    meeting: db.selectFrom("meeting")
      .select([
        "id",
        "room_id",
        "title",
        "description",
        "starts_local",
        "time_zone",
        "recurrence",
        "created_at",
      ])
      .where("owner_id", "=", id),
    invitation: db.selectFrom("invitation").select([
      "meeting_id",
      "role",
      "answer",
      "answered_at",
      "created_at",
    ])
      .where("account_id", "=", id),
  };
  const rows = await Promise.all(
    Object.entries(tables).map(async ([table, query]) => [table, await query.execute()] as const),
  );
  return Object.fromEntries(rows);
}
