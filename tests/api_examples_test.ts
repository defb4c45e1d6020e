import assert from "node:assert/strict";
import type { TenantId } from "@tafelrunde/protocol";
import type { Invitation, LinkCreated, Meeting } from "@tafelrunde/protocol/http";
import { registrationProof } from "@tafelrunde/protocol/media";
import { exampleOf } from "../edge/http/openapi_examples.ts";
import type { Operation } from "../edge/http/openapi.ts";
import { beginSession } from "../edge/identity/session.ts";
import { type LinkPurpose, makeLink } from "../edge/identity/ticket.ts";
import { makeKeyedHash } from "../edge/keyed_hash.ts";
import { hashReader, makeMailStopToken } from "../edge/mail/reader.ts";
import { startSmtpSink } from "../edge/mail/smtp_sink_for_tests.ts";
import { makeSealer } from "../edge/seal.ts";
import { findAccount } from "../edge/store/account.ts";
import { insertPasskey } from "../edge/store/passkey.ts";
import type { Db } from "../edge/store/schema.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { InputGenerator } from "./bad_input.ts";
import { CLUSTER_KEY, startTestEdge } from "./edge_rig.ts";
import { IDLE, LyingNode } from "./lying_node.ts";
import { makeTenant, RestClient, signIn } from "./rest_client.ts";

/** Ids and secrets of examples, and what stands for them here. */
type Stands = Map<unknown, string>;

/** An operation about to be asked for, with a tenant of its own. */
interface Stage {
  readonly db: Db;
  readonly origin: string;
  readonly node: LyingNode;
  readonly tenant: TenantId;
  /** Runs the installation, and is an admin of the tenant. */
  readonly admin: RestClient;
  readonly member: RestClient;
  readonly stands: Stands;
}

/** Examples that cannot be granted as they stand, whatever was made before, and what they are refused with. */
const REFUSED: Readonly<Record<string, { readonly as: string; readonly because: string }>> = {
  auth_passkey: { as: "401 signIn.wrong", because: "an authenticator signs what it has just been asked" },
  account_passkeys_create: { as: "422 passkey.wrong", because: "so does one that makes a passkey" },
  auth_oidc_logout: { as: "404 provider.unknown", because: "only a provider can sign a logout token" },
};

const EXAMPLE_EMAIL = "anna@example.org";

const example = (name: string) => exampleOf(name) as string;
const body = (name: string) => exampleOf(name) as Record<string, unknown>;

/** Makes what the parameter of a path names, by the parameter's name. */
const MADE: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async room({ admin, stands }) {
    const { room } = await admin.get<{ room: string }>("POST", "/v1/rooms", body("CreateRoom"));
    stands.set(example("RoomId"), room);
  },
  async link({ admin, stands }) {
    const path = `/v1/rooms/${stands.get(example("RoomId"))}/links`;
    stands.set(
      example("LinkId"),
      (await admin.get<LinkCreated>("POST", path, body("CreateLink"))).id,
    );
  },
  account({ member, stands }) {
    stands.set(example("AccountId"), member.account);
    return Promise.resolve();
  },
  async group({ admin, stands }) {
    const { id } = await admin.get<{ id: string }>("POST", "/v1/groups", body("CreateGroup"));
    stands.set(example("GroupId"), id);
  },
  async tenant({ db, stands }) {
    stands.set(example("TenantId"), await makeTenant(db, "linden"));
  },
  async key({ admin, stands }) {
    stands.set(
      example("ApiKeyId"),
      (await admin.get<{ id: string }>("POST", "/v1/keys", body("CreateKey"))).id,
    );
  },
  async node({ origin, node }) {
    const nodeId = example("NodeId");
    await new RestClient(origin).get("POST", "/v1/nodes", {
      nodeId,
      controlUrl: node.url,
      proof: await registrationProof(CLUSTER_KEY, { nodeId, controlUrl: node.url }),
    });
  },
  async meeting({ admin, stands }) {
    const { id } = await admin.get<Meeting>("POST", "/v1/meetings?notify=false", body("CreateMeeting"));
    stands.set(example("MeetingId"), id);
  },
  original: () => Promise.resolve(),
  async invitation({ admin, stands }) {
    const path = `/v1/meetings/${stands.get(example("MeetingId"))}/invitations`;
    const { items } = await admin.get<{ items: Invitation[] }>(
      "POST",
      `${path}?notify=false`,
      body("Invite"),
    );
    stands.set(example("InvitationId"), items[0]!.id);
  },
  async token({ tenant, stands }) {
    const keyedHash = await makeKeyedHash(CLUSTER_KEY);
    const readerHash = await hashReader(keyedHash, EXAMPLE_EMAIL);
    stands.set(example("MailSecret"), await makeMailStopToken(keyedHash, { readerHash, tenantId: tenant }));
  },
  provider: () => Promise.resolve(),
  async passkey({ db, member, stands }) {
    const id = `key-${member.account}`;
    const passkey = { id, name: "Phone", publicKey: new Uint8Array(8), counter: 0, transports: [] };
    await insertPasskey(db, member.account, passkey, Date.now());
    stands.set(example("PasskeyId"), id);
  },
  async session({ db, member, stands }) {
    const account = await findAccount(db, member.account);
    await beginSession(db, account!, { method: "password", device: "another" }, Date.now());
    const { items } = await member.get<{ items: { id: string; isCurrent: boolean }[] }>(
      "GET",
      "/v1/account/sessions",
    );
    stands.set(example("SessionId"), items.find(({ isCurrent }) => !isCurrent)!.id);
  },
};

/** A request that the operation takes back: the same path, with an example of its own. */
const before = (operation: string) => (stage: Stage, ask: Ask) => ask(stage, operation);

type Ask = (stage: Stage, operationId: string) => Promise<Response>;

const ticketFor = (purpose: LinkPurpose) => async ({ db, origin, tenant, member, stands }: Stage) => {
  const link = { purpose, tenantId: tenant, accountId: member.account };
  const email = purpose === "changeEmail" && { email: `new-${member.account}@example.org` };
  const { url } = await makeLink(db, origin, { ...link, ...email }, Date.now());
  stands.set(example("TicketSecret"), url.split("#")[1]!);
};

/** What else there has to be, by operation. */
const NEEDED: Readonly<Record<string, (stage: Stage, ask: Ask) => Promise<unknown>>> = {
  rooms_password_delete: before("rooms_password_set"),
  rooms_members_delete: before("rooms_members_set"),
  groups_members_delete: before("groups_members_set"),
  favourites_delete: before("favourites_set"),
  meetings_exceptions_delete: before("meetings_exceptions_set"),
  rooms_lobby_read: theRoomsLink,
  rooms_hello: theRoomsLink,
  async nodes_register({ node, stands }) {
    const { nodeId, controlUrl } = body("RegisterNode");
    const proof = await registrationProof(CLUSTER_KEY, { nodeId: String(nodeId), controlUrl: node.url });
    stands.set(controlUrl, node.url).set(example("TicketSecret"), proof);
  },
  async meetings_answer_set({ admin, member, stands }) {
    const path = `/v1/meetings/${stands.get(example("MeetingId"))}/invitations?notify=false`;
    await admin.get("POST", path, { people: [{ account: member.account }] });
  },
  async invitations_answer(stage) {
    await MADE["meeting"]!(stage);
    await MADE["invitation"]!(stage);
    const { id, secret_sealed } = await stage.db.selectFrom("invitation").selectAll()
      .where("id", "=", stage.stands.get(example("InvitationId")) as Invitation["id"])
      .executeTakeFirstOrThrow();
    const sealer = await makeSealer([CLUSTER_KEY]);
    stage.stands.set(example("LinkSecret"), await sealer.open(secret_sealed, `invitation ${id}`));
  },
  mails_wishes: (stage) => MADE["token"]!(stage),
  auth_password: ownPassword,
  async account_password_delete(stage) {
    await MADE["passkey"]!(stage);
    await ownPassword(stage);
  },
  account_passkeys_delete: ownPassword,
  async auth_recovery(stage) {
    const { member, stands } = stage;
    await ownPassword(stage);
    const { codes: [code] } = await member.get<{ codes: string[] }>("POST", "/v1/account/recovery-codes");
    stands.set(body("RecoverySignIn")["code"], code!);
  },
  auth_ticket: ticketFor("invite"),
  auth_ticket_use: ticketFor("resetPassword"),
  auth_email: ticketFor("changeEmail"),
};

async function theRoomsLink(stage: Stage): Promise<void> {
  const path = `/v1/rooms/${stage.stands.get(example("RoomId"))}/link`;
  stage.stands.set(example("LinkSecret"), (await stage.admin.get<{ link: string }>("POST", path)).link);
}

async function ownPassword({ member, stands }: Stage): Promise<void> {
  await member.get("PUT", "/v1/account/password", body("SetPassword"));
  stands.set(EXAMPLE_EMAIL, `${member.account}@example.org`);
}

/** The example, with what stands for its ids and secrets. */
function placed(value: unknown, stands: Stands): unknown {
  if (Array.isArray(value)) return value.map((one) => placed(one, stands));
  if (typeof value !== "object" || value === null) return stands.get(value) ?? value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, placed(one, stands)]));
}

function whoAsks({ origin, admin, member, stands }: Stage, { "x-access": access, security }: Operation) {
  if (security.some((one) => one["link"])) {
    return new RestClient(origin, { authorization: `Bearer ${stands.get(example("LinkSecret"))}` });
  }
  return access === "open" ? new RestClient(origin) : access === "person" ? member : admin;
}

/** Sends the operation's example. */
async function send(
  stage: Stage,
  { method, path, operation, type }: {
    method: string;
    path: string;
    operation: Operation;
    type: string | undefined;
  },
): Promise<Response> {
  const { stands } = stage;
  const query = new URLSearchParams();
  let place = path;
  for (const { name, in: where, example } of operation.parameters) {
    const value = String(placed(example, stands));
    if (where === "path") place = place.replace(`{${name}}`, encodeURIComponent(value));
    else if (where === "query" && example !== undefined) query.set(name, value);
  }
  const client = operation.operationId === "meetings_answer_set" ? stage.member : whoAsks(stage, operation);
  const headers: Record<string, string> = {};
  if (operation.parameters.some(({ name }) => name === "If-Match")) {
    const response = await client.ask("GET", place);
    await response.body?.cancel();
    headers["if-match"] = response.headers.get("etag")!;
  }
  const asked = query.size === 0 ? place : `${place}?${query}`;
  if (type === undefined) return await client.ask(method, asked, undefined, headers);
  const sent = placed(operation.requestBody?.content[type]?.example, stands) as Record<string, string>;
  const text = type.endsWith("json") ? JSON.stringify(sent) : String(new URLSearchParams(sent));
  return await client.ask(method, asked, text, { ...headers, "content-type": type });
}

testOnStores(
  "[A31] each example of the description is granted where there is what it refers to",
  async ({ store }, t) => {
    const { db } = store;
    await using sink = await startSmtpSink();
    await using node = await LyingNode.start(example("NodeId"), JSON.stringify(IDLE), {
      reply: ({ id, type }) => type === "node.drain" ? [{ id, ok: null }] : [],
    });
    await using edge = await startTestEdge({
      store,
      env: { SMTP_URL: sink.url, MAIL_FROM: "meet@example.org", PUBLIC_URL: "http://127.0.0.1" },
    });
    const { origin } = edge;
    const operations = [...new InputGenerator(await new RestClient(origin).get("GET", "/v1/openapi.json"))
      .operations()];
    const ask: Ask = (stage, operationId) => {
      const found = operations.find(({ operation }) => operation.operationId === operationId)!;
      return send(stage, { ...found, type: Object.keys(found.operation.requestBody?.content ?? {})[0] });
    };
    for (const { method, path, operation } of operations) {
      const { operationId, parameters, requestBody, responses, "x-access": access } = operation;
      for (const type of requestBody === undefined ? [undefined] : Object.keys(requestBody.content)) {
        await t.step(type === undefined ? operationId : `${operationId} ${type}`, async () => {
          // Who has not signed in yet is looked for in the tenant of the address.
          const tenant = access === "open" ? DEFAULT_TENANT : await makeTenant(db, "house");
          const stage: Stage = {
            db,
            origin,
            node,
            tenant,
            admin: await signIn(db, origin, tenant, { role: "admin", isOperator: true }),
            member: await signIn(db, origin, tenant),
            stands: new Map(),
          };
          for (const { name, in: where } of parameters) if (where === "path") await MADE[name]!(stage);
          await NEEDED[operationId]?.(stage, ask);
          const response = await send(stage, { method, path, operation, type });
          const text = await response.text();
          const refused = REFUSED[operationId];
          if (refused !== undefined) {
            assert.equal(`${response.status} ${JSON.parse(text).code}`, refused.as, refused.because);
            assert.ok(responses[response.status] !== undefined);
          } else {assert.ok(
              response.ok && responses[response.status] !== undefined,
              `${response.status} ${text}`,
            );}
        });
      }
    }
    const ids = new Set(operations.map(({ operation }) => operation.operationId));
    assert.deepEqual([...Object.keys(NEEDED), ...Object.keys(REFUSED)].filter((id) => !ids.has(id)), []);
    assert.deepEqual(edge.complaints, []);
  },
);
