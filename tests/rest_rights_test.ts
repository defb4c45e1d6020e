import assert from "node:assert/strict";
import { type AccountId, newCommandId, PROTOCOL_VERSION, type RoomState } from "@tafelrunde/protocol";
import {
  type HelloAnswer,
  type Invitation,
  type LinkCreated,
  type Meeting,
  type Scope,
  SCOPES,
} from "@tafelrunde/protocol/http";
import type { Db } from "../edge/store/schema.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, RestClient, signIn, withKey } from "./rest_client.ts";

/** The callers, in the order of the table's columns. */
const CALLERS = [
  ...["owner", "moderator", "presenter", "participant", "guest", "viewer"] as const,
  /** An account of the tenant without a relation to the room. */
  "colleague",
  "admin",
  /** No account, but the room's link as bearer token. */
  "linkHolder",
  /** An admin of another tenant. */
  "stranger",
  /** An API key with the row's scope alone; with all others; another tenant's with all. */
  ...["key", "keyWithout", "foreignKey"] as const,
] as const;

type CallerName = (typeof CALLERS)[number];

/**
 * The meaning of a mark in the table other than "+" (allowed). `noun`: whether the row is about rooms or
 * meetings.
 */
const REFUSALS: Readonly<Record<string, (noun: Noun) => [number, string]>> = {
  "-": (noun) => [403, noun === "room" ? "room.notAllowed" : "meeting.notYours"],
  "?": (noun) => [404, `${noun}.unknown`],
  "i": () => [404, "invitation.unknown"],
  "!": () => [401, "signIn.needed"],
  "s": () => [403, "key.scopeMissing"],
  "k": () => [403, "key.notAllowed"],
  "v": () => [422, "request.invalid"],
};

type Noun = "room" | "meeting";

//               own coh pre par gst vie col adm lnk str key w/o for
const READ = /**/ "+ + + + + + ? + ! ? + s ?";
const LEAD = /**/ "+ + - - - - ? + ! ? + s ?";
const OWN = /* */ "+ - - - - - ? + ! ? + s ?";
const PERSON = /**/ "+ + + + + + ? + ! ? k k k";

/** One right: the request, and the callers that have it. */
interface Row {
  readonly what: string;
  readonly noun: Noun;
  /** Undefined: it is for people only. */
  readonly scope?: Scope | undefined;
  readonly marks: string;
  readonly ask: (world: World) => readonly [method: string, path: string, body?: unknown];
}

const room = (
  marks: string,
  what: string,
  method: string,
  rest: (world: World) => string,
  body?: (world: World) => unknown,
): Row => ({
  what,
  noun: "room",
  scope: method === "GET" ? "rooms:read" : "rooms:write",
  marks,
  ask: (world) => [method, `/v1/rooms/${world.room}${rest(world)}`, body?.(world)],
});

const meeting = (
  marks: string,
  what: string,
  method: string,
  rest: (world: World) => string,
  body?: unknown,
): Row => ({
  what,
  noun: "meeting",
  scope: method === "GET" ? "meetings:read" : "meetings:write",
  marks,
  ask: (world) => [method, `/v1/meetings/${world.meeting}${rest(world)}`, body],
});

const TIME = { start: "2090-03-06T10:00", timeZone: "Europe/Berlin", durationMinutes: 60 };

/** The series' third occurrence. */
const LATER = "2090-03-20T10:00";

const TABLE: readonly Row[] = [
  room(READ, "read the room", "GET", () => ""),
  room(READ, "list its members", "GET", () => "/members"),
  room(LEAD, "change its settings", "PATCH", () => "", () => ({ settings: { chat: "members" } })),
  room(LEAD, "give it a password", "PUT", () => "/password", () => ({ password: "open sesame" })),
  room(LEAD, "take its password away", "DELETE", () => "/password"),
  room(LEAD, "show its link for all", "POST", () => "/link"),
  room(LEAD, "list its links", "GET", () => "/links"),
  room(LEAD, "make a link", "POST", () => "/links", () => ({ role: "presenter" })),
  room(OWN, "make a link for moderators", "POST", () => "/links", () => ({ role: "moderator" })),
  room(LEAD, "take a link back", "DELETE", ({ link }) => `/links/${link}`),
  room(
    LEAD,
    "give somebody a role",
    "PUT",
    ({ other }) => `/members/${other}`,
    () => ({ role: "presenter" }),
  ),
  room(
    OWN,
    "make somebody a moderator",
    "PUT",
    ({ other }) => `/members/${other}`,
    () => ({ role: "moderator" }),
  ),
  room(
    OWN,
    "make a moderator less",
    "PUT",
    ({ moderator }) => `/members/${moderator}`,
    () => ({ role: "viewer" }),
  ),
  room(LEAD, "take somebody's role away", "DELETE", ({ other }) => `/members/${other}`),
  room(
    "+ + - - - - ? + ! ? + s ?",
    "take a moderator's role away, or give it up",
    "DELETE",
    ({ moderator }) => `/members/${moderator}`,
  ),
  room(OWN, "give it away", "PATCH", () => "", ({ other }) => ({ owner: other })),
  // The room has a meeting: a key also needs meetings:write, as for planning one there (A29).
  room("+ - - - - - ? + ! ? s s ?", "delete it", "DELETE", () => ""),
  {
    what: "keep it at hand",
    noun: "room",
    marks: PERSON,
    ask: ({ room }) => ["PUT", `/v1/favourites/${room}`],
  },
  {
    what: "plan a meeting in it",
    noun: "room",
    scope: "meetings:write",
    marks: "+ v v v v v v + ! v s s v",
    ask: ({ room, owner }) => ["POST", "/v1/meetings?notify=false", { title: "x", time: null, room, owner }],
  },

  meeting(READ, "read the meeting", "GET", () => ""),
  meeting(READ, "list its occurrences", "GET", () => "/occurrences"),
  meeting(READ, "read it as iCalendar", "GET", () => "/calendar"),
  meeting(READ, "list who is invited", "GET", () => "/invitations"),
  meeting(OWN, "change it", "PATCH", () => "?notify=false", { title: "another" }),
  meeting(OWN, "cancel it", "POST", () => "/cancel?notify=false"),
  meeting(OWN, "cancel one occurrence", "PUT", () => `/exceptions/${TIME.start}?notify=false`, {
    isCancelled: true,
  }),
  meeting(OWN, "change one occurrence and all after it", "PUT", () => `/following/${LATER}?notify=false`, {
    title: "another",
  }),
  meeting(OWN, "cancel one occurrence and all after it", "DELETE", () => `/following/${LATER}?notify=false`),
  meeting(OWN, "invite somebody", "POST", () => "/invitations?notify=false", {
    people: [{ email: "gast@example.org" }],
  }),
  meeting(
    OWN,
    "change what an invitation makes of somebody",
    "PATCH",
    ({ invitation }) => `/invitations/${invitation}`,
    { role: "viewer" },
  ),
  meeting(
    OWN,
    "take an invitation back",
    "DELETE",
    ({ invitation }) => `/invitations/${invitation}?notify=false`,
  ),
  {
    ...meeting("i + + + + + ? i ! ? k k k", "answer one's invitation", "PUT", () => "/answer", {
      answer: "accepted",
    }),
    scope: undefined,
  },
  meeting(OWN, "delete it", "DELETE", () => "?notify=false"),
];

/** A room with a meeting, through which a person of each role is invited, and one more participant. */
interface World {
  readonly room: string;
  readonly meeting: string;
  /** Ids of a link without a role and of the participant's invitation. */
  readonly link: string;
  readonly invitation: string;
  readonly owner: AccountId;
  readonly moderator: AccountId;
  readonly other: AccountId;
}

testOnStores("rights over the REST API", async ({ store }, t) => {
  const { db } = store;
  await using edge = await startTestEdge({ store });
  const house = await makeHouse(db, edge.origin);
  for (const { what, noun, scope, marks, ask } of TABLE) {
    await t.step(`[A18] ${noun}: ${what}: every role, done or refused by name`, async () => {
      const maker = await withKey(db, edge.origin, house.tenant);
      const untouched = await makeWorld(maker, house.people);
      const callers = await house.callersWith(scope, untouched);
      const version = () => readVersions(maker, untouched);
      const before = await version();
      for (const [index, mark] of marks.split(" ").entries()) {
        const name = CALLERS[index]!;
        const refusal = REFUSALS[mark]?.(noun);
        const world = refusal === undefined ? await makeWorld(maker, house.people) : untouched;
        const [method, path, body] = ask(world);
        const response = await callers[name].ask(method, path, body, { "if-match": "*" });
        const answer = await response.text();
        const got = response.ok ? "done" : [response.status, JSON.parse(answer).code];
        assert.deepEqual(got, refusal ?? "done", `${name}: ${answer}`);
      }
      assert.deepEqual(await version(), before, "what was refused changed nothing");
    });
  }

  await t.step(
    "[A18] a person who gave a room away cannot appoint moderators through their old meeting, nor delete the room with it",
    async () => {
      const maker = await withKey(db, edge.origin, house.tenant);
      const { owner, other } = house.people;
      const { room, meeting } = await makeWorld(maker, house.people);
      await owner.get("PATCH", `/v1/rooms/${room}`, { owner: other.account }, { "if-match": "*" });
      const invite = (role: string) =>
        owner.fail("POST", `/v1/meetings/${meeting}/invitations?notify=false`, {
          people: [{ email: `${role}@example.org`, role }],
        });
      assert.deepEqual(await invite("moderator"), [403, "room.notAllowed"]);
      await other.get("DELETE", `/v1/rooms/${room}/members/${owner.account}`);
      assert.deepEqual(await invite("guest"), [403, "room.notAllowed"]);
      await owner.get("DELETE", `/v1/meetings/${meeting}?notify=false`, undefined, { "if-match": "*" });
      await other.get("GET", `/v1/rooms/${room}`);
    },
  );

  await t.step(
    "[W5] a direct join shows waiting participants to moderators only, and nothing to a participant who has to wait",
    async () => {
      const maker = await withKey(db, edge.origin, house.tenant);
      const world = await makeWorld(maker, house.people);
      const any = { "if-match": "*" };
      await maker.get("PATCH", `/v1/rooms/${world.room}`, { settings: { waitingRoom: "guests" } }, any);
      const callers = await house.callersWith(undefined, world);
      const expected: Partial<Record<CallerName, number | "waits" | "room.unknown">> = {
        linkHolder: "waits",
        owner: 1,
        moderator: 1,
        presenter: 0,
        participant: 0,
        guest: 0,
        viewer: 0,
        colleague: "room.unknown",
        admin: "room.unknown",
        stranger: "room.unknown",
        key: "room.unknown",
        foreignKey: "room.unknown",
      };
      for (const [name, seen] of Object.entries(expected)) {
        const response = await callers[name as CallerName].ask("POST", `/v1/rooms/${world.room}/hello`, {
          version: PROTOCOL_VERSION,
          room: world.room,
          ...name === "linkHolder" && { link: world.secret },
          tab: crypto.randomUUID(),
          peer: "none",
          join: { id: newCommandId(), name },
        });
        const answer: Pick<HelloAnswer, "welcome"> & {
          snapshot: { state: RoomState } | null;
          code?: string;
        } = await response.json();
        const got = answer.code ??
          (answer.snapshot === null
            ? answer.welcome.waiting && "waits"
            : Object.keys(answer.snapshot.state.waiting).length);
        assert.equal(got, seen, name);
      }
    },
  );
  assert.deepEqual(edge.complaints, []);
});

/** A tenant with a person for each column. */
async function makeHouse(db: Db, origin: string) {
  const tenant = await makeTenant(db, "house");
  const person = (name: string, role: "member" | "admin" = "member") =>
    signIn(db, origin, tenant, { name, role });
  const people = {
    owner: await person("Olga"),
    moderator: await person("Cora"),
    presenter: await person("Paul"),
    participant: await person("Pia"),
    guest: await person("Gerd"),
    viewer: await person("Vera"),
    other: await person("Otto"),
  };
  const colleague = await person("Karl");
  const admin = await person("Ada", "admin");
  const elsewhere = await makeTenant(db, "elsewhere");
  const stranger = await signIn(db, origin, elsewhere, { role: "admin" });
  const foreignKey = await withKey(db, origin, elsewhere);
  return {
    tenant,
    people,
    async callersWith(scope: Scope | undefined, { secret }: World & { readonly secret: string }) {
      return {
        ...people,
        colleague,
        admin,
        linkHolder: new RestClient(origin, { authorization: `Bearer ${secret}` }),
        stranger,
        key: await withKey(db, origin, tenant, scope === undefined ? SCOPES : [scope]),
        keyWithout: await withKey(db, origin, tenant, SCOPES.filter((one) => one !== scope)),
        foreignKey,
      } satisfies Record<CallerName | "other", RestClient>;
    },
  };
}

async function makeWorld(
  maker: RestClient,
  people: Awaited<ReturnType<typeof makeHouse>>["people"],
): Promise<World & { readonly secret: string }> {
  const { owner, other, ...rest } = people;
  const invite = [
    ...Object.entries(rest).map(([role, { account }]) => ({ account, role })),
    { account: other.account, role: "participant" },
  ];
  const time = { ...TIME, recurrence: "FREQ=WEEKLY" };
  const { room, id: meeting } = await maker.get<Meeting>(
    "POST",
    "/v1/meetings?notify=false",
    { title: "Rat", owner: owner.account, time, invite },
  );
  const [made, invited] = await Promise.all([
    maker.get<LinkCreated>("POST", `/v1/rooms/${room}/links`, {}),
    maker.get<{ items: Invitation[] }>("GET", `/v1/meetings/${meeting}/invitations`),
  ]);
  const invitation = invited.items.find(({ account }) => account === rest.participant.account)!.id;
  const { id: link, link: secret } = made;
  const ids = { owner: owner.account, moderator: rest.moderator.account, other: other.account };
  return { room, meeting, link, secret, invitation, ...ids };
}

/** Everything that a refused request could have changed, as the API returns it. */
async function readVersions(maker: RestClient, { room, meeting }: World): Promise<unknown[]> {
  const paths = ["", "/members", "/links"].map((rest) => `/v1/rooms/${room}${rest}`);
  paths.push(`/v1/meetings/${meeting}`, `/v1/meetings/${meeting}/invitations`);
  return await Promise.all(paths.map((path) => maker.get("GET", path)));
}
