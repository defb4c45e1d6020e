import { readConfig } from "../config.ts";
import type { IdentityContext } from "../context.ts";
import { makeTestIdentityContext } from "../context_for_tests.ts";
import { Providers } from "../identity/oidc/providers.ts";
import { startTestProvider, type TestProvider } from "../identity/oidc/provider_for_tests.ts";
import { makeLog } from "@tafelrunde/protocol/process/log";
import type { Db } from "../store/schema.ts";
import { ensureDefaultTenant } from "../store/tenant.ts";
import { makeAccountApp, ORIGIN, TestClient } from "./app_for_tests.ts";

export const MINUTE_MS = 60_000;
const ANNA = { name: "Anna Schmidt", email: "anna@rathaus.example", email_verified: true };

/** An installation with a configurable, odd provider. */
export interface House extends AsyncDisposable {
  readonly provider: TestProvider;
  readonly context: IdentityContext;
  readonly logged: Record<string, unknown>[];
  readonly clock: { aheadMs: number };
  /**
   * Signs in a person with these additional claims, in a new browser; returns the final URL, and the browser.
   */
  signIn(claims?: Record<string, unknown>, client?: TestClient): Promise<{ at: string; client: TestClient }>;
  newClient(): TestClient;
}

export async function openHouse(db: Db, env: Record<string, string> = {}): Promise<House> {
  await ensureDefaultTenant(db, 0);
  await using stack = new AsyncDisposableStack();
  const provider = stack.use(await startTestProvider(ANNA));
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const logged: Record<string, unknown>[] = [];
  const config = readConfig((name) =>
    ({
      CLUSTER_KEY: "a cluster key for tests of accounts and sessions",
      PUBLIC_URL: ORIGIN,
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.clientId,
      OIDC_CLIENT_SECRET: provider.clientSecret,
      OIDC_ADMIN_GROUP: "admins",
      ...env,
    } as Record<string, string>)[name]
  );
  const log = makeLog((line) => logged.push(JSON.parse(line)));
  const context = await makeTestIdentityContext(db, {
    config,
    now,
    log,
    providers: new Providers(config.providers, now),
  });
  stack.use(context.hasher);
  const app = makeAccountApp(context);
  const running = stack.move();
  return {
    provider,
    context,
    logged,
    clock,
    newClient: () => new TestClient(app),
    async signIn(claims = {}, client = new TestClient(app)) {
      provider.idToken = { ...provider.idToken, claims };
      const { headers } = await client.ask("GET /v1/auth/oidc/oidc");
      const response = await fetch(headers.get("location")!, { redirect: "manual" });
      await response.body?.cancel();
      const back = new URL(response.headers.get("location")!);
      const answer = await client.ask(`GET ${back.pathname}${back.search}`);
      return { at: answer.headers.get("location")!, client };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

export const readAccount = async (client: TestClient) => (await client.ask("GET /v1/account")).body;

let people = 0;
/** Claims of a new person at the provider, with their own email address. */
export const somebody = (more: Record<string, unknown> = {}) => {
  const sub = `sub-${++people}`;
  return { sub, email: `${sub}@rathaus.example`, ...more };
};
