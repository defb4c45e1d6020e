import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { makeFirstAdminLink } from "../edge/identity/one_time_link.ts";
import { openEmptyPostgres } from "../edge/store/store_for_tests.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { TestBrowser } from "./browser_rig.ts";
import { startTestEdge } from "./edge_rig.ts";

/** The part of the routes' responses that these steps read. */
interface Body {
  readonly name?: string;
  readonly method?: string;
  readonly code?: string;
  readonly allowCredentials?: unknown;
  readonly passkeys?: readonly {
    readonly id: string;
    readonly name: string;
    readonly usedAt: string | null;
  }[];
}

/** Sends a request to the edge from the page; returns status and problem code, and the body. */
function ask(
  page: Page,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: string; body: Body }> {
  return page.evaluate(async ({ method, path, body }) => {
    const response = await fetch(path, {
      method,
      headers: { "content-type": "application/json" },
      ...body !== undefined && { body: JSON.stringify(body) },
    });
    const text = await response.text();
    const answer = text === "" ? {} : JSON.parse(text);
    return { status: [response.status, answer.code].filter(Boolean).join(" "), body: answer };
  }, { method, path, body });
}

/** Has the page's authenticator create a passkey, or sign with one; returns its response. */
function useAuthenticator(page: Page, use: "create" | "get", options: unknown): Promise<unknown> {
  return page.evaluate(async ({ use, options }) => {
    const credential = use === "create"
      ? await navigator.credentials.create({
        publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
          options as PublicKeyCredentialCreationOptionsJSON,
        ),
      })
      : await navigator.credentials.get({
        publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(
          options as PublicKeyCredentialRequestOptionsJSON,
        ),
      });
    return (credential as PublicKeyCredential).toJSON();
  }, { use, options });
}

Deno.test("passkeys: Chromium's authenticator and an edge", async (t) => {
  await using store = await openEmptyPostgres();
  const origin = `http://localhost:${freeTcpPort()}`;
  let offsetMs = 0;
  await using edge = await startTestEdge({
    store,
    now: () => Date.now() + offsetMs,
    env: { PORT: new URL(origin).port, PUBLIC_URL: origin },
  });
  await using browser = await TestBrowser.launch();
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await page.goto(origin);
  const authenticator = await page.context().newCDPSession(page);
  await authenticator.send("WebAuthn.enable");
  const { authenticatorId } = await authenticator.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const link = await makeFirstAdminLink(store.db, origin, Date.now());
  const first = await ask(page, "POST", "/v1/auth/one-time-link/use", {
    secret: link?.url.split("#")[1],
    name: "Anna",
    email: "anna@example.org",
    password: "Tischlampe am Fenster",
  });
  assert.equal(first.status, "200");

  await t.step("[U22] a passkey is added; its challenge is valid once", async () => {
    const options = await ask(page, "POST", "/v1/account/passkeys/options");
    const credential = await useAuthenticator(page, "create", options.body);
    const add = () => ask(page, "POST", "/v1/account/passkeys", { name: "Laptop", credential });
    assert.equal((await add()).status, "201");
    assert.equal((await add()).status, "422 passkey.wrong");
    const { body } = await ask(page, "GET", "/v1/account/methods");
    assert.deepEqual(body.passkeys?.map(({ name, usedAt }) => [name, usedAt]), [["Laptop", null]]);
  });

  await t.step(
    "[U20] with a passkey one can remove the password, and then not the passkey",
    async () => {
      assert.equal((await ask(page, "DELETE", "/v1/account/password")).status, "204");
      const { body } = await ask(page, "GET", "/v1/account/methods");
      const id = body.passkeys?.[0]?.id;
      assert.equal(
        (await ask(page, "DELETE", `/v1/account/passkeys/${id}`)).status,
        "409 account.lastMethod",
      );
      assert.equal(
        (await ask(page, "PATCH", `/v1/account/passkeys/${id}`, { name: "Rechner" })).status,
        "204",
      );
    },
  );

  await t.step("[U22] it signs in, without a name, and once per challenge", async () => {
    await ask(page, "POST", "/v1/auth/sign-out");
    assert.equal((await ask(page, "GET", "/v1/account")).status, "401 signIn.needed");
    const options = await ask(page, "POST", "/v1/auth/passkey/options");
    assert.equal(options.body.allowCredentials, undefined, "it names nobody");
    const credential = await useAuthenticator(page, "get", options.body);
    const signIn = () => ask(page, "POST", "/v1/auth/passkey", { credential });
    const { status, body } = await signIn();
    assert.deepEqual([status, body.name, body.method], ["200", "Anna", "passkey"]);
    await ask(page, "POST", "/v1/auth/sign-out");
    assert.equal((await signIn()).status, "401 signIn.wrong", "a second time");
  });

  await t.step(
    "[U22] not without finger, face or PIN, not too late, not in another browser, not modified",
    async () => {
      const askFor = async () => (await ask(page, "POST", "/v1/auth/passkey/options")).body;
      const unverified = await askFor();
      await authenticator.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
      const lax = { ...unverified, userVerification: "discouraged" };
      const signIn = async (credential: unknown, from = page) =>
        (await ask(from, "POST", "/v1/auth/passkey", { credential })).status;
      assert.equal(await signIn(await useAuthenticator(page, "get", lax)), "401 signIn.wrong");
      await authenticator.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });

      const late = await useAuthenticator(page, "get", await askFor());
      offsetMs = 6 * 60_000;
      assert.equal(await signIn(late), "401 signIn.wrong");
      offsetMs = 0;

      await using thief = await browser.newPerson("Thief");
      await thief.page.goto(origin);
      assert.equal(
        await signIn(await useAuthenticator(page, "get", await askFor()), thief.page),
        "401 signIn.wrong",
      );

      const changed = await useAuthenticator(page, "get", await askFor()) as {
        response: { signature: string };
      };
      changed.response.signature = changed.response.signature.replace(/.{8}$/, "AAAAAAAA");
      assert.equal(await signIn(changed), "401 signIn.wrong");
      assert.equal(await signIn(await useAuthenticator(page, "get", await askFor())), "200");
    },
  );
  assert.deepEqual(edge.complaints, []);
});
