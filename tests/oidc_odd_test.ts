import assert from "node:assert/strict";
import type { AccountInfo } from "@tafelrunde/protocol/http";
import { openEmptyPostgres } from "../edge/store/store_for_tests.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { startTestEdge, type TestEdge } from "./edge_rig.ts";
import { CLIENT, type Oddities, type RealProvider, startRealProvider } from "./oidc_provider.ts";

const MINUTE_MS = 60_000;

/** Most redirects and forms between a first request and a page. */
const MOST_STEPS = 20;

/** A browser without scripts: it follows redirects, keeps cookies, and submits the provider's forms. */
class PlainBrowser {
  readonly #cookies = new Map<string, string>();

  async #fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.#cookies].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(url, { ...init, redirect: "manual", headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }

  /** Opens an address, signs in as `login` when asked to, and returns the final address. */
  async open(start: string, login: string): Promise<string> {
    let url = start;
    let response = await this.#fetch(url);
    for (let step = 0; step < MOST_STEPS; step++) {
      const text = await response.text();
      const location = response.headers.get("location");
      const [, action] = /<form[^>]* action="([^"]+)"/.exec(text) ?? [];
      if (location !== null) {
        url = new URL(location, url).href;
        response = await this.#fetch(url);
      } else if (action !== undefined) {
        const prompt = /name="prompt" value="(\w+)"/.exec(text)![1]!;
        url = new URL(action, url).href;
        const body = new URLSearchParams({ prompt, ...prompt === "login" && { login, password: "any" } });
        response = await this.#fetch(url, { method: "POST", body });
      } else return url;
    }
    throw new Error(`no page after ${MOST_STEPS} steps: ${url}`);
  }

  async readAccount(origin: string): Promise<AccountInfo | undefined> {
    const response = await this.#fetch(`${origin}/v1/account`);
    const answer = await response.json();
    return response.ok ? answer : undefined;
  }
}

interface House extends AsyncDisposable {
  readonly origin: string;
  readonly provider: RealProvider;
  readonly edge: TestEdge;
  readonly clock: { aheadMs: number };
  /** Signs in a new person; returns their browser, and its address afterwards. */
  signIn(): Promise<{ browser: PlainBrowser; at: string }>;
}

async function openHouse(): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const origin = `http://localhost:${freeTcpPort()}`;
  const provider = stack.use(await startRealProvider(origin));
  const store = stack.use(await openEmptyPostgres());
  const clock = { aheadMs: 0 };
  const edge = stack.use(
    await startTestEdge({
      store,
      now: () => Date.now() + clock.aheadMs,
      env: {
        PORT: new URL(origin).port,
        PUBLIC_URL: origin,
        OIDC_ISSUER: provider.issuer,
        OIDC_CLIENT_ID: CLIENT.id,
        OIDC_CLIENT_SECRET: CLIENT.secret,
        OIDC_SCOPES: "openid profile email groups",
        OIDC_ADMIN_GROUP: "admins",
      },
    }),
  );
  let count = 0;
  const running = stack.move();
  return {
    origin,
    provider,
    edge,
    clock,
    async signIn() {
      const sub = `person-${++count}`;
      provider.people.set(sub, { name: "Anna Schmidt", email: `${sub}@rathaus.example`, groups: ["Rat"] });
      const browser = new PlainBrowser();
      return { browser, at: await browser.open(`${origin}/v1/auth/oidc/oidc`, sub) };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

Deno.test("oidc-provider with oddities: permitted people can sign in, and stay until it says no", async (t) => {
  await using house = await openHouse();
  const { origin, provider, edge, clock, signIn } = house;

  const claims: Record<string, Oddities["claims"] & object> = {
    "no name": { name: undefined },
    "a name as a list": { name: ["Anna", "Schmidt"] },
    "a name that is a number": { name: 7 },
    "no address": { email: undefined, email_verified: undefined },
    "an address as a list": { email: ["anna@rathaus.example"] },
    "email_verified as a text": { email_verified: "true" },
    "groups as a text": { groups: "Rat" },
    "groups as an object": { groups: { Rat: true } },
    "groups of other types": { groups: [1, null, { name: "Rat" }] },
  };
  for (const [name, odd] of Object.entries(claims)) {
    await t.step(`[U28] claims: ${name}`, async () => {
      provider.odd = { claims: odd };
      const { browser, at } = await signIn();
      assert.equal(at, `${origin}/`);
      const account = await browser.readAccount(origin);
      assert.deepEqual([account?.method, account?.role], ["oidc", "member"]);
      assert.match(account!.name, /\S/);
    });
  }

  await t.step("[U29] claims: the group of admins, alone and in a list", async () => {
    for (const groups of ["admins", ["admins"], ["Rat", "admins"]]) {
      provider.odd = { claims: { groups } };
      const { browser } = await signIn();
      assert.equal((await browser.readAccount(origin))?.role, "admin", JSON.stringify(groups));
    }
  });

  for (const status of [401, 403, 500, 503]) {
    await t.step(`[U35] userinfo responds with ${status}`, async () => {
      provider.odd = { userInfo: status };
      const { browser, at } = await signIn();
      assert.equal(at, `${origin}/`);
      assert.equal((await browser.readAccount(origin))?.role, "member");
      assert.ok(edge.logged.some((line) => line.includes('"oidc.userinfo"')));
    });
  }

  await t.step("[U24] it signs with a new key, three times", async () => {
    for (let turn = 0; turn < 3; turn++) {
      provider.odd = {};
      await provider.rotateKeys();
      assert.equal((await signIn()).at, `${origin}/`);
    }
  });

  for (const minutes of [-4, 4]) {
    await t.step(`[U24] its clock and ours are ${minutes} minutes apart`, async () => {
      clock.aheadMs = minutes * MINUTE_MS;
      assert.equal((await signIn()).at, `${origin}/`);
      clock.aheadMs = 0;
    });
  }

  const refusals = [
    { status: 400, error: "invalid_grant", stays: false },
    { status: 500, error: "server_error", stays: true },
    { status: 503, error: "temporarily_unavailable", stays: true },
    { status: 401, error: "invalid_client", stays: true },
  ];
  for (const { stays, ...refresh } of refusals) {
    await t.step(
      `[U26] a refresh is answered ${refresh.status} ${refresh.error}: ${
        stays ? "they stay" : "they are out"
      }`,
      async () => {
        provider.odd = {};
        const { browser } = await signIn();
        provider.odd = { refresh };
        clock.aheadMs = 11 * MINUTE_MS;
        assert.equal(await browser.readAccount(origin) !== undefined, stays);
        clock.aheadMs = 0;
      },
    );
  }
});
