import assert from "node:assert/strict";
import type { AccountInfo } from "@tafelrunde/protocol/http";
import type { Page } from "playwright-core";
import { openEmptyPostgres } from "../edge/store/store_for_tests.ts";
import { WEB_DIR } from "../tools/setup/web_app.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { type Person, TestBrowser } from "./browser_rig.ts";
import { createRoom } from "./signal_client.ts";
import { startTestEdge, type TestEdge } from "./edge_rig.ts";
import { CLIENT, type RealProvider, startRealProvider } from "./oidc_provider.ts";

const MINUTE_MS = 60_000;

/** The account that the page's browser is signed in with; undefined: none. */
function readAccount(page: Page): Promise<AccountInfo | undefined> {
  return page.evaluate(async () => {
    const response = await fetch("/v1/account");
    return response.ok ? await response.json() : undefined;
  });
}

/** Types a name and any password on the provider's page, and consents. */
async function signInAtProvider(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

/** An edge whose people sign in at a real provider, and a browser. */
interface House extends AsyncDisposable {
  readonly origin: string;
  readonly provider: RealProvider;
  readonly edge: TestEdge;
  /** How far the edge's clock is ahead, ms. */
  readonly clock: { aheadMs: number };
  sitDown(name: string): Promise<Person>;
}

/** Anna and Otto can sign in. `webDir`: built pages in place of stubs. */
async function openHouse(webDir?: string): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const origin = `http://localhost:${freeTcpPort()}`;
  const provider = stack.use(await startRealProvider(origin));
  provider.people.set("anna", { name: "Anna Schmidt", email: "anna@rathaus.example", groups: ["Rat"] });
  provider.people.set("otto", { name: "Otto Maier", email: "otto@rathaus.example", groups: [] });
  const store = stack.use(await openEmptyPostgres());
  const clock = { aheadMs: 0 };
  const edge = stack.use(
    await startTestEdge({
      store,
      ...webDir !== undefined && { webDir },
      now: () => Date.now() + clock.aheadMs,
      env: {
        PORT: new URL(origin).port,
        PUBLIC_URL: origin,
        OIDC_ISSUER: provider.issuer,
        OIDC_CLIENT_ID: CLIENT.id,
        OIDC_CLIENT_SECRET: CLIENT.secret,
        OIDC_SCOPES: "openid profile email groups",
      },
    }),
  );
  const browser = stack.use(await TestBrowser.launch());
  const running = stack.move();
  return {
    origin,
    provider,
    edge,
    clock,
    async sitDown(name) {
      const person = await browser.newPerson(name);
      // The provider's pages load a font from another site.
      await person.page.route((url) => url.hostname !== "localhost", (route) => route.abort());
      return person;
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

Deno.test("OpenID Connect: Chromium, oidc-provider and an edge", async (t) => {
  await using house = await openHouse();
  const { origin, provider, edge, clock, sitDown } = house;
  await using anna = await sitDown("Anna");
  const { page } = anna;

  await t.step("[U28] a person signs in, and arrives where they wanted to be", async () => {
    await page.goto(`${origin}/v1/auth/oidc/oidc?returnTo=${encodeURIComponent("/meetings?day=1")}`);
    await signInAtProvider(page, "anna");
    await page.waitForURL(`${origin}/meetings?day=1`);
    const account = await readAccount(page);
    assert.deepEqual(
      [account?.name, account?.email, account?.method],
      ["Anna Schmidt", "anna@rathaus.example", "oidc"],
    );
    assert.equal(await page.evaluate(() => document.cookie), "", "no cookie is open to scripts");
    assert.equal(await page.evaluate(() => Object.keys({ ...localStorage, ...sessionStorage }).length), 0);
  });

  await t.step(
    "[U26] the session is checked with a refresh token; the provider's new claims are adopted",
    async () => {
      provider.people.set("anna", { name: "Anna Meier", email: "anna@rathaus.example", groups: ["Rat"] });
      clock.aheadMs = 11 * MINUTE_MS;
      await readAccount(page);
      assert.equal((await readAccount(page))?.name, "Anna Meier");
      assert.deepEqual(provider.grants, ["authorization_code", "refresh_token"]);
      clock.aheadMs = 0;
    },
  );

  await t.step("[U23] a response that another browser's request began signs no one in", async () => {
    await using otto = await sitDown("Otto");
    await otto.page.goto(`${origin}/v1/auth/oidc/oidc`);
    // To the edge, a browser without its original cookie is another browser.
    await otto.page.context().clearCookies({ name: "tafelrunde" });
    await signInAtProvider(otto.page, "otto");
    await otto.page.waitForURL(`${origin}/signin?problem=oidc.stateUnknown`);
    assert.equal(await readAccount(otto.page), undefined);
    await otto.page.goto(`${origin}/v1/auth/oidc/oidc`);
    await otto.page.waitForURL(`${origin}/`);
    assert.equal((await readAccount(otto.page))?.name, "Otto Maier");
  });

  await t.step(
    "[U27] a person who signs out at the provider is signed out here as well, by the back channel",
    async () => {
      assert.ok(await readAccount(page));
      const other = await page.context().newPage();
      await other.goto(`${provider.issuer}/session/end`);
      await other.getByRole("button", { name: "Yes, sign me out" }).click();
      await other.getByText("Sign-out Success").waitFor();
      await other.close();
      assert.equal(await readAccount(page), undefined);
    },
  );

  await t.step("[U13] a person who signs out here is led to the provider, and back", async () => {
    await page.goto(`${origin}/v1/auth/oidc/oidc`);
    await signInAtProvider(page, "anna");
    await page.waitForURL(`${origin}/`);
    const continueTo = await page.evaluate(async () => {
      const response = await fetch("/v1/auth/sign-out", { method: "POST" });
      return (await response.json()).continueTo;
    });
    assert.equal(await readAccount(page), undefined);
    await page.goto(continueTo);
    await page.getByRole("button", { name: "Yes, sign me out" }).click();
    await page.waitForURL(`${origin}/`);
  });

  await t.step(
    "[U26] a person whom the provider no longer admits is signed out here with the next check",
    async () => {
      await page.goto(`${origin}/v1/auth/oidc/oidc`);
      await signInAtProvider(page, "anna");
      await page.waitForURL(`${origin}/`);
      provider.people.delete("anna");
      assert.ok(await readAccount(page));
      clock.aheadMs = 11 * MINUTE_MS;
      assert.equal(await readAccount(page), undefined);
    },
  );
  assert.deepEqual(edge.complaints, []);
});

Deno.test("[U33] a guest link's secret comes back from the provider, and neither server has seen it", async () => {
  await using house = await openHouse(WEB_DIR);
  const { origin, sitDown } = house;
  const { room, link } = await createRoom(origin, "Rat");
  await using otto = await sitDown("Otto");
  const { page } = otto;
  const sent: string[] = [];
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    // Requests to enter a room send the link's secret, of course.
    if (!/\/(hello|lobby)$/.test(pathname)) {
      sent.push(request.url().replace(/#.*/, ""), request.postData() ?? "");
    }
  });
  await page.goto(`${origin}/signin?returnTo=${encodeURIComponent(`/r/${room}`)}#${link}`);
  page.on("framenavigated", (frame) => sent.push(frame.url().startsWith(origin) ? "" : frame.url()));
  await page.getByRole("link", { name: /^Sign in with/ }).click();
  await page.getByPlaceholder("Enter any login").waitFor();
  await signInAtProvider(page, "otto");
  await page.waitForURL(`${origin}/r/${room}#${link}`);
  await otto.button("Join meeting").waitFor();
  assert.equal((await readAccount(page))?.name, "Otto Maier");
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  for (const text of [...sent, stored]) assert.ok(!text.includes(link), text);
  assert.doesNotMatch(stored, /tafelrunde:half/);
});
