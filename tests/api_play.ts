import { type LinkPurpose, makeLink } from "../edge/identity/one_time_link.ts";
import type { Invitation } from "@tafelrunde/protocol/http";
import type { Operation } from "../edge/http/openapi.ts";
import { makeSealer } from "../edge/seal.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { body, example, EXAMPLE_EMAIL, MADE, registrationOf, type Stage, type Stands } from "./api_things.ts";
import { InputGenerator } from "./bad_input.ts";
import { CLUSTER_KEY } from "./edge_rig.ts";
import { makeTenant, RestClient, signIn } from "./rest_client.ts";

/** An operation whose example is sent, with one type of body. */
export interface Play {
  readonly operation: Operation;
  /** "meetings_create application/json" */
  readonly name: string;
  /** Creates what the example refers to, and sends it. */
  run(): Promise<{ readonly response: Response; readonly stands: Stands }>;
}

/** Each operation's example, ready to be sent to an edge. */
export async function playsOf(
  { db, origin, node, now = Date.now }: Pick<Stage, "db" | "origin" | "node"> & Partial<Pick<Stage, "now">>,
): Promise<Play[]> {
  const operations = [...new InputGenerator(await new RestClient(origin).get("GET", "/v1/openapi.json"))
    .operations()];
  const ask: CallOperation = (stage, operationId) => {
    const found = operations.find(({ operation }) => operation.operationId === operationId)!;
    return send(stage, { ...found, type: Object.keys(found.operation.requestBody?.content ?? {})[0] });
  };
  return operations.flatMap(({ method, path, operation }) => {
    const { operationId, parameters, requestBody, "x-access": access } = operation;
    const types = requestBody === undefined ? [undefined] : Object.keys(requestBody.content);
    return types.map((type): Play => ({
      operation,
      name: type === undefined ? operationId : `${operationId} ${type}`,
      async run() {
        // A user who is not signed in yet is looked up in the tenant of the address.
        const tenant = access === "open" ? DEFAULT_TENANT : await makeTenant(db, "house");
        const stage: Stage = {
          db,
          origin,
          node,
          tenant,
          admin: await signIn(db, origin, tenant, { role: "admin", isOperator: true, at: now() }),
          member: await signIn(db, origin, tenant, { at: now() }),
          stands: new Map(),
          now,
        };
        for (const { name, in: where } of parameters) if (where === "path") await MADE[name]!(stage);
        await NEEDED[operationId]?.(stage, ask);
        return { response: await send(stage, { method, path, operation, type }), stands: stage.stands };
      },
    }));
  });
}

/** A request that the operation reverses: the same path, with its own example. */
const before = (operation: string) => (stage: Stage, ask: CallOperation) => ask(stage, operation);

type CallOperation = (stage: Stage, operationId: string) => Promise<Response>;

/** Creates a one-time link for the example's ticket secret. */
export const oneTimeLinkFor =
  (purpose: LinkPurpose) => async ({ db, origin, tenant, member, stands, now }: Stage) => {
    const link = { purpose, tenantId: tenant, accountId: member.account };
    const email = purpose === "changeEmail" && { email: `new-${member.account}@example.org` };
    const { url } = await makeLink(db, origin, { ...link, ...email }, now());
    stands.set(example("OneTimeLinkSecret"), url.split("#")[1]!);
  };

/** Further preparations, by operation. */
export const NEEDED: Readonly<Record<string, (stage: Stage, ask: CallOperation) => Promise<unknown>>> = {
  rooms_password_delete: before("rooms_password_set"),
  rooms_members_delete: before("rooms_members_set"),
  groups_members_delete: before("groups_members_set"),
  favourites_delete: before("favourites_set"),
  meetings_exceptions_delete: before("meetings_exceptions_set"),
  rooms_lobby_read: theRoomsLink,
  rooms_hello: theRoomsLink,
  async nodes_register({ node, stands }) {
    const { proof } = await registrationOf(node);
    stands.set(body("RegisterNode")["controlUrl"], node.url).set(example("OneTimeLinkSecret"), proof!);
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
  auth_recovery: recoverable,
  auth_one_time_link: oneTimeLinkFor("invite"),
  auth_one_time_link_use: oneTimeLinkFor("resetPassword"),
  auth_email: oneTimeLinkFor("changeEmail"),
};

async function theRoomsLink(stage: Stage): Promise<void> {
  const path = `/v1/rooms/${stage.stands.get(example("RoomId"))}/link`;
  stage.stands.set(example("LinkSecret"), (await stage.admin.get<{ link: string }>("POST", path)).link);
}

/** Gives the member the examples' password, and recovery codes. */
export async function recoverable(stage: Stage): Promise<void> {
  const { member, stands } = stage;
  await ownPassword(stage);
  const { codes: [code] } = await member.get<{ codes: string[] }>("POST", "/v1/account/recovery-codes");
  stands.set(body("RecoverySignIn")["code"], code!);
}

async function ownPassword({ member, stands }: Stage): Promise<void> {
  await member.get("PUT", "/v1/account/password", body("SetPassword"));
  stands.set(EXAMPLE_EMAIL, `${member.account}@example.org`);
}

/** The example, with real ids and secrets. */
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
