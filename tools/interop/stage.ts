import type { Db } from "../../edge/store/schema.ts";
import { DEFAULT_TENANT } from "../../edge/store/tenant.ts";
import { makeTestKey } from "../../edge/store/api_key_for_tests.ts";
import { oneTimeLinkFor, recoverable } from "../../tests/api_play.ts";
import {
  example,
  EXAMPLE_EMAIL,
  MADE,
  registrationOf,
  type Stage as Things,
} from "../../tests/api_things.ts";
import type { LyingNode } from "../../tests/lying_node.ts";
import { makeTenant, RestClient, signIn } from "../../tests/rest_client.ts";
import { SCOPES } from "@tafelrunde/protocol/http";

/** Credentials, and objects that requests can refer to. */
export interface Stage {
  /** An API key with all scopes. */
  readonly key: string;
  /** The session secret of an admin who also operates the installation. */
  readonly session: string;
  /** The values that replace the ids and secrets of the description's examples. */
  readonly stands: Readonly<Record<string, string>>;
}

/** An edge to send requests to. */
export interface Asked {
  readonly db: Db;
  readonly origin: string;
  readonly node: LyingNode;
}

/** Creates everything that an operation's path can refer to, in a tenant of its own. */
async function makeStage({ db, origin, node }: Asked, isFirst: boolean): Promise<Stage> {
  const tenant = await makeTenant(db, "house");
  const admin = await signIn(db, origin, tenant, { role: "admin", isOperator: true });
  const things: Things = { db, origin, node, tenant, admin, member: admin, stands: new Map(), now: Date.now };
  for (const [name, make] of Object.entries(MADE)) if (name !== "node") await make(things);
  const member = await signIn(db, origin, tenant);
  const room = things.stands.get(example("RoomId"));
  const { link } = await admin.get<{ link: string }>("POST", `/v1/rooms/${room}/link`);
  things.stands.set(example("AccountId"), member.account).set(example("LinkSecret"), link);
  if (isFirst) await addWaysIn(things);
  const { key } = await makeTestKey(db, tenant, SCOPES, Date.now());
  return { key, session: admin.session!, stands: Object.fromEntries(things.stands) };
}

/**
 * Adds a member of the address's own tenant who can sign in with the examples' password, recovery code and
 * one-time link. Only the examples need one, and hashing passwords takes time.
 */
async function addWaysIn(things: Things): Promise<void> {
  const { db, origin, stands } = things;
  const member = await signIn(db, origin, DEFAULT_TENANT);
  await recoverable({ ...things, member });
  await oneTimeLinkFor("resetPassword")({ ...things, tenant: DEFAULT_TENANT, member });
  stands.set(EXAMPLE_EMAIL, `${member.account}@example.org`);
}

/** A server that gives a running program a new stage with each request. */
export interface Stages extends AsyncDisposable {
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
}

/** Serves them. The node is registered once for all, since registration is rate-limited per address. */
export async function serveStages(asked: Asked): Promise<Stages> {
  await new RestClient(asked.origin).get("POST", "/v1/nodes", await registrationOf(asked.node));
  let count = 0;
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async () => Response.json(await makeStage(asked, count++ === 0)),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
