import type { TenantId } from "@tafelrunde/protocol";
import type { Invitation, LinkCreated, Meeting } from "@tafelrunde/protocol/http";
import { registrationProof } from "@tafelrunde/protocol/media";
import { exampleOf } from "../edge/http/openapi_examples.ts";
import { beginSession } from "../edge/identity/session.ts";
import { makeKeyedHash } from "../edge/keyed_hash.ts";
import { hashReader, makeMailStopToken } from "../edge/mail/reader.ts";
import { findAccount } from "../edge/store/account.ts";
import { insertPasskey } from "../edge/store/passkey.ts";
import type { Db } from "../edge/store/schema.ts";
import { CLUSTER_KEY } from "./edge_rig.ts";
import type { LyingNode } from "./lying_node.ts";
import { makeTenant, RestClient } from "./rest_client.ts";

/** Ids and secrets of examples, with the real ones that replace them. */
export type Stands = Map<unknown, string>;

/** The environment of one operation, with its own tenant. */
export interface Stage {
  readonly db: Db;
  readonly origin: string;
  readonly node: LyingNode;
  readonly tenant: TenantId;
  /** Operates the installation, and is an admin of the tenant. */
  readonly admin: RestClient;
  readonly member: RestClient;
  readonly stands: Stands;
  /** The edge's clock, ms. */
  readonly now: () => number;
}

/** The email address of the examples. */
export const EXAMPLE_EMAIL = "anna@example.org";

/** The example of a string schema. */
export const example = (name: string) => exampleOf(name) as string;
/** The example of a body. */
export const body = (name: string) => exampleOf(name) as Record<string, unknown>;

/** The registration that a node reachable there sends, with the example's name. */
export async function registrationOf({ url }: Pick<LyingNode, "url">): Promise<Record<string, string>> {
  const said = { nodeId: example("NodeId"), controlUrl: url };
  return { ...said, proof: await registrationProof(CLUSTER_KEY, said) };
}

/** Creates what a path parameter refers to, by the parameter's name. */
export const MADE: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
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
    await new RestClient(origin).get("POST", "/v1/nodes", await registrationOf(node));
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
  token({ tenant, stands }) {
    const keyedHash = makeKeyedHash(CLUSTER_KEY);
    const readerHash = hashReader(keyedHash, EXAMPLE_EMAIL);
    stands.set(example("MailSecret"), makeMailStopToken(keyedHash, { readerHash, tenantId: tenant }));
    return Promise.resolve();
  },
  provider: () => Promise.resolve(),
  async passkey({ db, member, stands, now }) {
    const id = `key-${member.account}`;
    const passkey = { id, name: "Phone", publicKey: new Uint8Array(8), counter: 0, transports: [] };
    await insertPasskey(db, member.account, passkey, now());
    stands.set(example("PasskeyId"), id);
  },
  async session({ db, member, stands, now }) {
    const account = await findAccount(db, member.account);
    await beginSession(db, account!, { method: "password", device: "another" }, now());
    const { items } = await member.get<{ items: { id: string; isCurrent: boolean }[] }>(
      "GET",
      "/v1/account/sessions",
    );
    stands.set(example("SessionId"), items.find(({ isCurrent }) => !isCurrent)!.id);
  },
};
