import { type AccountId, newRowId, type TenantId } from "@tafelrunde/protocol";
import { type Scope, SCOPES } from "@tafelrunde/protocol/http";
import { sql } from "kysely";
import type { JsonSchema, OpenApi } from "../edge/http/openapi.ts";
import { EFFECTS } from "../edge/identity/effects.ts";
import { API_KEY_PREFIX, hashSecret, newSecret } from "../edge/identity/secret.ts";
import { beginSession } from "../edge/identity/session.ts";
import { findAccount, insertAccount } from "../edge/store/account.ts";
import { insertApiKey } from "../edge/store/api_key.ts";
import { insertInvitation, writeInvitedRole } from "../edge/store/invitation.ts";
import { insertLink } from "../edge/store/link.ts";
import { insertMeeting } from "../edge/store/meeting.ts";
import { setMember } from "../edge/store/member.ts";
import { insertRoom } from "../edge/store/room.ts";
import type { Db } from "../edge/store/schema.ts";
import { InputGenerator } from "./bad_input.ts";
import { makeTenant, RestClient } from "./rest_client.ts";

/** A caller: people by their role, keys by their scopes. */
export interface AskingParty {
  readonly name: string;
  /** Null: a person. */
  readonly scopes: readonly Scope[] | null;
  readonly client: RestClient;
}

/** A tenant with one of everything that has rights or grants them. */
export interface ScopeWorld {
  readonly tenant: TenantId;
  /** Possible values of a path parameter or body field with this name. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly parties: readonly AskingParty[];
}

const KEYS: readonly (readonly Scope[])[] = [
  SCOPES.filter((scope) => scope.endsWith(":read")),
  ["rooms:write"],
  ["meetings:write"],
  ["people:write"],
  ["tenant:write"],
  ["meetings:write", "rooms:write"],
  ["people:write", "rooms:write"],
  ["people:write", "meetings:write"],
  ["people:write", "meetings:write", "rooms:write"],
  SCOPES.filter((scope) => scope !== "rooms:write"),
  SCOPES,
];

/** Creates the world, independent of earlier ones. `origin`: the edge's. */
export async function makeScopeWorld(db: Db, origin: string, now: number): Promise<ScopeWorld> {
  const tenant = await makeTenant(db, "house");
  const elsewhere = await makeTenant(db, "elsewhere");
  const account = async (name: string, change: Partial<Parameters<typeof insertAccount>[1]> = {}) => {
    const id = newRowId() as AccountId;
    await insertAccount(db, {
      id,
      tenantId: tenant,
      name,
      email: `${id}@example.org`,
      isEmailVerified: true,
      role: "member",
      isOperator: false,
      ...change,
    }, now);
    return id;
  };
  const person = async (name: string, id: AccountId): Promise<AskingParty> => {
    const found = await findAccount(db, id);
    const secret = await beginSession(db, found!, { method: "password", device: "test" }, now);
    const client = new RestClient(origin, { cookie: `tafelrunde-session=${secret}` }, {
      account: id,
      session: secret,
    });
    return { name, scopes: null, client };
  };
  const admin = await account("Ada", { role: "admin" });
  const [member, pending, owner, moderator] = [
    await account("Max"),
    await account("Pim"),
    await account("Olga"),
    await account("Cora"),
  ];
  const pendingAdmin = await account("Pia", { role: "admin" });
  const disabledAdmin = await account("Don", { role: "admin" });
  const operator = await account("Otto", { role: "admin", isOperator: true });
  const foreigner = await account("Eve", { role: "admin", tenantId: elsewhere });
  await db.updateTable("account").set({ disabled_at: new Date(now) }).where("id", "=", disabledAdmin)
    .execute();
  const setUp = [admin, member, owner, moderator, operator, foreigner, disabledAdmin];
  await db.insertInto("password").values(
    setUp.map((account_id) => ({ account_id, hash: "none", changed_at: new Date(now) })),
  ).execute();

  const room = async () => {
    const id = [4, 4, 4].map((length) => newRowId().slice(0, length)).join("-") as Parameters<
      typeof insertRoom
    >[1]["id"];
    const linkHash = hashSecret(newSecret());
    await insertRoom(db, { id, linkHash, tenantId: tenant, ownerId: owner }, "Rat", now);
    const linkId = newRowId();
    await insertLink(db, { id: linkId, roomId: id, hash: hashSecret(newSecret()) }, new Date(now));
    return { id, linkId };
  };
  const [standing, own] = [await room(), await room()];
  await setMember(db, standing.id, moderator, "moderator");
  const meeting = async (roomId: typeof standing.id, hasOwnRoom: boolean) => {
    const id = newRowId() as Parameters<typeof insertMeeting>[1]["id"];
    const time = {
      start: "2090-03-06T10:00",
      timeZone: "Europe/Berlin",
      durationMinutes: 60,
      recurrence: "FREQ=WEEKLY",
    };
    await insertMeeting(db, {
      id,
      tenantId: tenant,
      roomId,
      hasOwnRoom,
      ownerId: owner,
      title: "Rat",
      description: "",
      time,
      sequence: 0,
      cancelledAt: null,
      createdAt: now,
      listed: { at: now, until: null, original: time.start, advanceAt: null },
    });
    const invitationId = newRowId() as Parameters<typeof insertInvitation>[1]["id"];
    await insertInvitation(db, {
      id: invitationId,
      meetingId: id,
      accountId: moderator,
      email: null,
      name: "Cora",
      role: "participant",
      language: null,
      secretHash: hashSecret(newSecret()),
      sealedSecret: "sealed",
    }, now);
    await writeInvitedRole(db, roomId, moderator, undefined);
    return { id, invitationId };
  };
  const [meetingOwn, meetingStanding] = [await meeting(own.id, true), await meeting(standing.id, false)];
  const group = newRowId();
  await db.insertInto("people_group").values({
    id: group,
    tenant_id: tenant,
    name: "Rat",
    sort_name: "rat",
    created_at: new Date(now),
  })
    .execute();
  await db.insertInto("people_group_member").values({ group_id: group, account_id: moderator }).execute();
  await db.insertInto("favourite").values({ account_id: admin, room_id: standing.id }).execute();

  let keyId = "";
  const key = async (scopes: readonly Scope[]): Promise<AskingParty> => {
    const secret = `${API_KEY_PREFIX}${newSecret()}`;
    const id = newRowId() as Parameters<typeof insertApiKey>[1]["id"];
    const hash = hashSecret(secret);
    await insertApiKey(
      db,
      { id, tenantId: tenant, name: "test", hash, scopes, createdBy: operator, expiresAt: null },
      now,
    );
    keyId = id;
    return {
      name: scopes.length === SCOPES.length ? "all scopes" : scopes.join(" "),
      scopes,
      client: new RestClient(origin, { authorization: `Bearer ${secret}` }),
    };
  };
  const parties = [
    { name: "nobody", scopes: null, client: new RestClient(origin) },
    await person("member", member),
    await person("admin", admin),
    await person("operator", operator),
    await person("foreign admin", foreigner),
  ];
  for (const scopes of KEYS) parties.push(await key(scopes));
  const accounts = [pendingAdmin, disabledAdmin, admin, operator, pending, moderator, owner];
  return {
    tenant,
    parties,
    ids: {
      account: accounts,
      owner: [pending, admin],
      room: [standing.id, own.id],
      meeting: [meetingStanding.id, meetingOwn.id],
      invitation: [meetingStanding.invitationId, meetingOwn.invitationId],
      link: [standing.linkId, own.linkId],
      group: [group],
      key: [keyId],
      tenant: [tenant],
      original: ["2090-03-20T10:00"],
      password: ["Tischlampe am Fenster"],
    },
  };
}

/** Rows by table and key; each row with the columns that affect rights. */
export type Rights = Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;

/** The rights of everyone in the tenant, and in rooms without a tenant, as the tables contain them. */
export async function readRights(db: Db, tenant: TenantId): Promise<Rights> {
  const ofAccount = "account_id in (select id from account where tenant_id = $t)";
  const ofRoom = "room_id in (select id from room where tenant_id = $t)";
  const tables: Record<string, readonly [key: string, from: string, omit?: string]> = {
    account: ["id", "account where tenant_id = $t", "version"],
    identity: ["subject", `identity where ${ofAccount}`, "vouched_at"],
    password: ["account_id", `password where ${ofAccount}`],
    passkey: ["id", `passkey where ${ofAccount}`],
    recovery_code: ["hash", `recovery_code where ${ofAccount}`],
    session: ["id", `session where ${ofAccount}`, "seen_at"],
    one_time_secret: ["hash", "one_time_secret where tenant_id = $t"],
    api_key: ["id", "api_key where tenant_id = $t", "used_at"],
    tenant: ["id", "tenant where id = $t", "version"],
    people_group: ["id", "people_group where tenant_id = $t", "version"],
    people_group_member: ["group_id || account_id", `people_group_member where ${ofAccount}`],
    room: ["id", "room where tenant_id = $t", "version,placement_version"],
    room_member: ["room_id || account_id", `room_member where ${ofRoom}`],
    room_link: ["id", `room_link where ${ofRoom}`],
    meeting: ["id", "meeting where tenant_id = $t", "version"],
    invitation: ["id", "invitation where meeting_id in (select id from meeting where tenant_id = $t)"],
  };
  const parts = Object.entries(tables).map(([name, [key, from, omit = "none"]]) =>
    `'${name}', (select coalesce(json_object_agg(${key}, to_jsonb(r) - '{${omit}}'::text[]), '{}') from (select * from ${
      from.replaceAll("$t", `'${tenant}'`)
    }) r)`
  );
  const { rows } = await sql<{ rights: Rights }>`select ${
    sql.raw(`json_build_object(${parts.join(", ")})`)
  } as rights`
    .execute(db);
  return rows[0]!.rights;
}

/**
 * The effects of a request, by the names of EFFECTS; effects without a name there are never allowed for a
 * key: "signIn", "email", "operate" …
 */
export function effectsBetween(before: Rights, after: Rights, answer: string): Set<string> {
  const effects = new Set<string>();
  const changes = (table: string) => {
    const [old, young] = [before[table]!, after[table]!];
    return [...new Set([...Object.keys(old), ...Object.keys(young)])]
      .map((id) => ({ id, was: old[id], is: young[id] }))
      .filter(({ was, is }) => JSON.stringify(was) !== JSON.stringify(is));
  };
  const differ = (was: Record<string, unknown>, is: Record<string, unknown>, ...columns: string[]) =>
    columns.some((column) => JSON.stringify(was[column]) !== JSON.stringify(is[column]));
  const isGone = (table: string, id: unknown) =>
    before[table]![String(id)] !== undefined && after[table]![String(id)] === undefined;
  const wasMadeForMeeting = (room: unknown) =>
    [before, after].some(({ meeting }) =>
      Object.values(meeting!).some((row) => row["room_id"] === room && row["has_own_room"] === true)
    );
  if (after["tenant"]![Object.keys(before["tenant"]!)[0]!] === undefined) return new Set(["operate"]);
  const meetingOf = (id: unknown) => after["meeting"]![String(id)] ?? before["meeting"]![String(id)];

  for (const { was, is } of changes("account")) {
    const isAdmin = [was, is].some((row) => row?.["role"] === "admin");
    if (is?.["is_operator"] === true && was?.["is_operator"] !== true) effects.add("operator");
    if (was !== undefined && is !== undefined && differ(was, is, "email")) effects.add("email");
    const isAboutRights = was === undefined || is === undefined || differ(was, is, "role", "disabled_at");
    effects.add(
      isAdmin && isAboutRights ? "admin.change" : was === undefined ? "member.make" : "member.change",
    );
  }
  for (const table of ["identity", "password", "passkey", "recovery_code", "session"]) {
    for (const { was, is } of changes(table)) {
      const account = String((is ?? was)!["account_id"]);
      const isLockedOut = isGone("account", account) || after["account"]![account]?.["disabled_at"] != null;
      if (is !== undefined || !isLockedOut) effects.add("signIn");
    }
  }
  for (const { was, is } of changes("one_time_secret")) {
    if (is === undefined) continue;
    const account = after["account"]![String(is["account_id"])];
    if (is["purpose"] !== "invite" || was !== undefined) effects.add("signIn");
    else if (account?.["role"] === "admin") effects.add("admin.change");
    else {effects.add(
        before["account"]![String(is["account_id"])] === undefined ? "member.make" : "member.change",
      );}
  }
  const shown = /\/(?:invite|reset|first|email)#/.test(answer);
  const isNewAccount = changes("account").some(({ was }) => was === undefined);
  if (shown && !isNewAccount) effects.add("signInLink.show");
  for (const { was, is } of changes("api_key")) {
    if (was === undefined || is === undefined || differ(was, is, "scopes", "hash", "expires_at")) {
      effects.add("key.change");
    }
  }
  for (const { was, is } of changes("tenant")) {
    const isOurs = was !== undefined && is !== undefined &&
      !differ(was, is, "slug", "domain", "max_participants", "max_rooms", "max_minutes", "max_storage_bytes");
    effects.add(isOurs ? "tenant.change" : "operate");
  }
  for (const table of ["people_group", "people_group_member"]) {
    for (const { was } of changes(table)) {
      if (!isGone("account", was?.["account_id"])) effects.add("group.change");
    }
  }
  for (const { id, was, is } of changes("room")) {
    if (wasMadeForMeeting(id) && (was === undefined || is === undefined)) effects.add("meeting.change");
    else effects.add(was === undefined ? "room.make" : is === undefined ? "room.delete" : "room.change");
  }
  const give = (room: unknown, role: unknown) => {
    effects.add(wasMadeForMeeting(room) ? "meeting.change" : "meeting.useRoom");
    if (role === "moderator" || role === "owner") effects.add("meeting.giveModerator");
  };
  for (const { was, is } of changes("meeting")) {
    if (was !== undefined && is === undefined && isGone("room", was["room_id"])) {
      effects.add(wasMadeForMeeting(was["room_id"]) ? "meeting.change" : "meeting.delete");
    } else if (is === undefined && isGone("account", was?.["owner_id"])) effects.add("meeting.delete");
    else if (was === undefined) {
      // A series that is split keeps its room.
      const isSplit = changes("meeting").some((other) => other.was?.["room_id"] === is!["room_id"]);
      if (isSplit) effects.add("meeting.change");
      else give(is!["room_id"], null);
    } else {effects.add(
        is === undefined || was["has_own_room"] === is["has_own_room"] ? "meeting.change" : "room.change",
      );}
  }
  const wasInvited = (room: unknown, { account_id, email, role }: Record<string, unknown>) =>
    Object.values(before["invitation"]!).some((row) =>
      meetingOf(row["meeting_id"])?.["room_id"] === room && row["role"] === role &&
      row["account_id"] === account_id && row["email"] === email
    );
  const invited = new Map<string, unknown>();
  for (const { was, is } of changes("invitation")) {
    const { room_id: room } = meetingOf((is ?? was)!["meeting_id"])!;
    invited.set(`${room}${(is ?? was)!["account_id"]}`, is?.["role"]);
    if (is === undefined) {
      if (!isGone("account", was?.["account_id"])) effects.add("meeting.change");
    } else if (was === undefined ? !wasInvited(room, is) : differ(was, is, "role")) give(room, is["role"]);
  }
  for (const { id, was, is } of changes("room_member")) {
    const row = (is ?? was)!;
    if (isGone("room", row["room_id"]) || isGone("account", row["account_id"]) || invited.has(id)) continue;
    const isMeetingGone = changes("meeting").some(({ is: meeting }) => meeting === undefined);
    if (is === undefined && isMeetingGone) continue;
    effects.add("room.change");
  }
  for (const { was, is } of changes("room_link")) {
    const row = (is ?? was)!;
    if (isGone("room", row["room_id"]) || before["room"]![String(row["room_id"])] === undefined) continue;
    if (row["invitation_id"] != null) {
      if (is !== undefined) give(row["room_id"], row["role"]);
    } else if (was === undefined || is === undefined || differ(was, is, "role", "revoked_at", "hash")) {
      effects.add("room.change");
    }
  }
  return effects;
}

/** The same without the account's own rows. */
export function withoutAccount(rights: Rights, account: AccountId): Rights {
  const isOwn = (id: string, row: Record<string, unknown>) => id === account || row["account_id"] === account;
  return Object.fromEntries(
    Object.entries(rights).map(([table, rows]) => [
      table,
      Object.fromEntries(Object.entries(rows).filter(([id, row]) => !isOwn(id, row))),
    ]),
  );
}

/** Whether an existing object has changed, was removed, or gained a part. */
export function hasTouched(before: Rights, after: Rights): boolean {
  return Object.entries(after).some(([table, rows]) => {
    const old = before[table]!;
    const isChanged = Object.entries(old).some(([id, row]) =>
      JSON.stringify(row) !== JSON.stringify(rows[id])
    );
    const isInside = Object.entries(rows).some(([id, row]) =>
      old[id] === undefined &&
      (before["room"]![String(row["room_id"])] ?? before["meeting"]![String(row["meeting_id"])]) !== undefined
    );
    return isChanged || isInside;
  });
}

/** Whether something was removed, or changed so much that it cannot be tried again. */
export function isSpent(before: Rights, after: Rights): boolean {
  const columns: Readonly<Record<string, readonly string[]>> = {
    account: ["role", "disabled_at"],
    meeting: ["recurrence", "cancelled_at", "has_own_room"],
    room: ["owner_id"],
    room_link: ["revoked_at"],
  };
  return Object.entries(before).some(([table, rows]) =>
    Object.keys(rows).some((id) =>
      after[table]![id] === undefined ||
      columns[table]?.some((column) => before[table]![id]![column] !== after[table]![id]![column])
    )
  );
}

/** Whether a key with these scopes may cause this effect, according to the table. */
export function allows(scopes: readonly Scope[], effect: string): boolean {
  const needed = (EFFECTS as Readonly<Record<string, readonly Scope[] | null>>)[effect];
  return needed?.every((scope) => scopes.includes(scope)) ?? false;
}

/** Bodies for a route: enough that each field has each of its values once, with ids of existing objects. */
export function bodiesFor(
  api: OpenApi,
  schema: JsonSchema | undefined,
  ids: ScopeWorld["ids"],
): readonly unknown[] {
  if (schema === undefined) return [undefined];
  const generator = new InputGenerator(api);
  const resolve = (given: JsonSchema): JsonSchema =>
    given.$ref === undefined
      ? given
      : resolve(api.components.schemas[given.$ref.slice("#/components/schemas/".length)]!);
  const variants = (given: JsonSchema, name: string, depth: number, isItem = false): unknown[] => {
    const known = ids[name];
    if (known !== undefined) return [...known];
    if (name === "email") return [`${newRowId()}@example.org`];
    if (name === "start" || name === "original") return ["2090-03-06T10:00"];
    if (name === "recurrence") return [null];
    if (name === "timeZone") return ["Europe/Berlin"];
    const schema = resolve(given);
    if (schema.enum) return [...schema.enum];
    const either = schema.anyOf ?? schema.oneOf;
    if (either) {
      return either.flatMap((one) => typeof one === "object" ? variants(one, name, depth, isItem) : []);
    }
    if (schema.type === "boolean") return [true, false];
    if (schema.type === "null") return [null];
    if (schema.type === "array") {
      const { items } = schema;
      return typeof items === "object" && !Array.isArray(items)
        ? variants(items, name, depth + 1, true).map((item) => [item])
        : [[]];
    }
    if (schema.type !== "object") {
      const good = generator.good(schema);
      return good === undefined ? [] : [good];
    }
    const fields = Object.entries(schema.properties ?? {}).flatMap(([field, inner]) =>
      typeof inner === "object" ? [[field, variants(inner, field, depth + 1)] as const] : []
    );
    const least = Object.fromEntries(
      fields.filter(([field]) => schema.required?.includes(field)).map((
        [field, values],
      ) => [field, values[0]]),
    );
    // Nested fields are settings and the like: they are not rights individually.
    if (depth > 0 && !isItem) {
      return [least, Object.fromEntries(fields.map(([field, values]) => [field, values[0]]))];
    }
    return [
      least,
      ...fields.flatMap(([field, values]) => values.map((value) => ({ ...least, [field]: value }))),
    ];
  };
  const unique = new Map(variants(schema, "", 0).map((body) => [JSON.stringify(body), body]));
  return [...unique.values()];
}

/** All paths that a route matches. */
export function pathsFor(path: string, ids: ScopeWorld["ids"]): readonly string[] {
  const parameter = /\{(\w+)\}/.exec(path);
  if (parameter === null) return [path];
  const [braces, name = ""] = parameter;
  return (ids[name] ?? ["none"]).flatMap((id) => pathsFor(path.replace(braces, id), ids));
}
