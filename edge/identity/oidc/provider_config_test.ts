import assert from "node:assert/strict";
import { ConfigError } from "@tafelrunde/protocol/process/config";
import { readConfig } from "../../config.ts";

const BASE = {
  CLUSTER_KEY: "a cluster key for tests of accounts and sessions",
  PUBLIC_URL: "https://meet.example",
};
const read = (env: Readonly<Record<string, string>>) => readConfig((name) => ({ ...BASE, ...env })[name]);

Deno.test("three variables configure a provider; the second has its own", () => {
  const { providers } = read({
    OIDC_ISSUER: "https://id.example/realms/rathaus",
    OIDC_CLIENT_ID: "tafelrunde",
    OIDC_CLIENT_SECRET: "secret",
    OIDC_ISSUER_2: "https://schule.example",
    OIDC_CLIENT_ID_2: "meet",
    OIDC_NAME_2: "Schule",
  });
  assert.deepEqual(providers.map(({ id, name, clientSecret }) => [id, name, clientSecret]), [
    ["oidc", "id.example", "secret"],
    ["oidc-2", "Schule", undefined],
  ]);
});

Deno.test("all errors in the configuration of providers are listed at once", () => {
  assert.throws(
    () =>
      read({
        PUBLIC_URL: "",
        OIDC_ISSUER: "http://id.example",
        OIDC_SCOPES: "profile",
        OIDC_ISSUER_2: "https://id.example",
        OIDC_CLIENT_ID_2: "meet",
        OIDC_ID_2: "password",
      }),
    (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(error.message.split("\n"), [
        "OIDC_ISSUER is neither a URL with https: nor one of this machine",
        "OIDC_CLIENT_ID is empty, but OIDC_ISSUER is not",
        "OIDC_SCOPES does not name the scope openid",
        "OIDC_ID_2 is taken: password",
        "PUBLIC_URL is empty, but OIDC_ISSUER is not",
      ]);
      return true;
    },
  );
});

const ONE = { OIDC_ISSUER: "https://id.example", OIDC_CLIENT_ID: "tafelrunde" };

Deno.test("provider settings that cannot work are reported at the start", () => {
  const wrong: [env: Readonly<Record<string, string>>, said: RegExp][] = [
    ...[
      "https://graph.microsoft.com/oidc/userinfo",
      "graph.microsoft.com/oidc",
      "graph.microsoft.com login.example",
      "a b",
      "me@login.example",
      "login.example:70000",
      "login.example, https://graph.microsoft.com",
    ].map((hosts) =>
      [{ OIDC_HOSTS: hosts }, /^OIDC_HOSTS is no list of hosts/] as [Record<string, string>, RegExp]
    ),
    [{ OIDC_TENANT: "Rathaus" }, /^OIDC_TENANT is no slug/],
    [{ OIDC_TENANT: "rat haus" }, /^OIDC_TENANT is no slug/],
    [{ OIDC_TENANT: "rathaus", OIDC_TENANT_CLAIM: "org" }, /^OIDC_TENANT and OIDC_TENANT_CLAIM contradict/],
  ];
  for (const [env, said] of wrong) {
    assert.throws(() => read({ ...ONE, ...env }), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, said);
      return true;
    }, JSON.stringify(env));
  }
});

Deno.test("spaces around a provider's settings are dropped, except in its secret", () => {
  const { providers: [provider] } = read({
    OIDC_ISSUER: " https://id.example ",
    OIDC_CLIENT_ID: "tafelrunde\n",
    OIDC_CLIENT_SECRET: " secret ",
    OIDC_ADMIN_GROUP: "admins ",
    OIDC_TENANT: " rathaus",
    OIDC_GROUPS_CLAIM: "roles ",
    OIDC_TRUST_EMAIL: "1 ",
    OIDC_HOSTS: " graph.microsoft.com , login.example:8443 ",
  });
  const { issuer, clientId, clientSecret, adminGroup, tenant, groupsClaim, trustsEmail } = provider!;
  assert.deepEqual(
    [issuer.href, clientId, clientSecret, adminGroup, tenant, groupsClaim, trustsEmail],
    ["https://id.example/", "tafelrunde", " secret ", "admins", "rathaus", "roles", true],
  );
});
