import { type AccountId, newRowId, PROTOCOL_VERSION } from "@tafelrunde/protocol";
import type { TapPath } from "../../media/src/test_tap.ts";
import { startSmtpSink } from "../../edge/mail/smtp_sink_for_tests.ts";
import { makeTestIdentityContext } from "../../edge/context_for_tests.ts";
import { hashNewPassword } from "../../edge/identity/password/password.ts";
import { insertAccount } from "../../edge/store/account.ts";
import { openPostgres as openStore } from "../../edge/store/open.ts";
import { setPassword } from "../../edge/store/password.ts";
import { DEFAULT_TENANT, ensureDefaultTenant } from "../../edge/store/tenant.ts";
import { EdgeProcess } from "../../tests/edge_process.ts";
import { makeStubPages } from "../../tests/edge_rig.ts";
import { startMediaProcess } from "../../tests/media_process.ts";
import { createRoom } from "../../tests/signal_client.ts";
import { freeTcpPort } from "../../tools/ports.ts";
import type { TestPostgres } from "../../tools/postgres.ts";
import { EDGE_ENV } from "../../tools/start/edge_env.ts";
import type { Target } from "./attacker.ts";
import { residentBytes } from "../edge/pinned.ts";
import type { Credentials } from "./bystanders.ts";

const PASSWORD = "Tischlampe am Fenster";

/** The attacker's address: everything that is measured comes from 127.0.0.1. */
const ATTACKER = "127.0.0.66";

const PEOPLE = { anna: "anna@example.org", mallory: "mallory@example.org", victim: "victim@example.org" };

/** The target: an edge on PostgreSQL with a media node and a mail server, all new. */
export interface Rig extends AsyncDisposable {
  readonly origin: string;
  readonly who: Credentials;
  readonly target: Target;
  /** Current resident memory, bytes. */
  residentBytes(): { readonly edge: number; readonly node: number };
  /** Routes packets through the node's router that carries a participant's media, and out to a port. */
  openPath(sinkPort: number): Promise<TapPath>;
  /** Faults that edge and node logged, and their last complaints. */
  complaints(): readonly string[];
}

/** Fills a new database with accounts that have a password; returns the template's name. */
export async function makeTemplate(server: TestPostgres): Promise<string> {
  return await server.createTemplate("abuse", async (url) => {
    await using store = await openStore(url);
    const { db } = store;
    await ensureDefaultTenant(db, Date.now());
    const context = await makeTestIdentityContext(db);
    using _hasher = context.hasher;
    const hash = await hashNewPassword(context, PASSWORD, [], "bench");
    for (const email of Object.values(PEOPLE)) {
      const id = newRowId() as AccountId;
      const name = email.split("@")[0]!;
      const account = { id, tenantId: DEFAULT_TENANT, name, email, isEmailVerified: true, isOperator: false };
      await insertAccount(db, { ...account, role: "member" }, Date.now());
      await setPassword(db, id, hash, Date.now());
    }
  });
}

/** Starts everything on a copy of the template. */
export async function startRig(server: TestPostgres, template: string): Promise<Rig> {
  await using stack = new AsyncDisposableStack();
  const databaseUrl = await server.createDatabase(template);
  const sink = stack.use(await startSmtpSink());
  const [edgePort, probePort, tapPort] = [freeTcpPort(), freeTcpPort(), freeTcpPort()] as const;
  const node = stack.use(
    await startMediaProcess({ PROBE_PORT: String(probePort), TAP_PORT: String(tapPort) }, {
      preload: "media/src/test_tap.ts",
    }),
  );
  const pages = await makeStubPages();
  stack.defer(() => Deno.remove(pages, { recursive: true }));
  const edge = stack.use(
    await EdgeProcess.start({
      ...EDGE_ENV,
      WEB_DIR: pages,
      DATABASE_URL: databaseUrl,
      MEDIA_NODES: node.url,
      SMTP_URL: sink.url,
      MAIL_FROM: "Tafelrunde <meet@example.org>",
      PUBLIC_URL: `http://127.0.0.1:${edgePort}`,
    }, { port: edgePort }),
  );
  const faults = [edge.faults.forgive(), node.faults.forgive()];
  const { origin } = edge;
  const lockedRoom = await createRoom(origin, "Mallory's");
  await lock(databaseUrl, lockedRoom.room);
  const running = stack.move();
  return {
    origin,
    who: { email: PEOPLE.anna, password: PASSWORD },
    target: {
      edgePort,
      controlPort: Number(new URL(node.url).port),
      probePort,
      address: ATTACKER,
      version: PROTOCOL_VERSION,
      email: PEOPLE.mallory,
      password: PASSWORD,
      victim: PEOPLE.victim,
      lockedRoom: { room: lockedRoom.room, link: lockedRoom.link },
    },
    residentBytes: () => ({
      edge: edge.residentBytes(),
      node: [node.pid, ...childrenOf(node.pid)].reduce((sum, pid) => sum + residentBytes(pid), 0),
    }),
    async openPath(sinkPort) {
      const response = await fetch(`http://127.0.0.1:${tapPort}/?sink=${sinkPort}`, { method: "POST" });
      if (!response.ok) throw new Error(`no path through the node: ${await response.text()}`);
      return await response.json();
    },
    complaints: () => [...faults.flat(), ...edge.complaints.slice(-5)],
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Gives a room the same password as the attacker's account. */
async function lock(databaseUrl: string, room: string): Promise<void> {
  await using store = await openStore(databaseUrl);
  const { password_hash } = await store.db.selectFrom("password").select("hash as password_hash")
    .executeTakeFirstOrThrow();
  await store.db.updateTable("room").set({ password_hash }).where("id", "=", room as never).execute();
}

/** Source: proc(5), /proc/pid/task/tid/children. */
function childrenOf(pid: number): number[] {
  return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
    Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).trim().split(" ").filter(Boolean).map(Number)
  );
}
