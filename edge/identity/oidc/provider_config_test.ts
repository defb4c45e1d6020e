import assert from "node:assert/strict";
import { ConfigError, readConfig } from "../../config.ts";

const BASE = {
  CLUSTER_KEY: "a cluster key for tests of accounts and sessions",
  PUBLIC_URL: "https://meet.example",
};
const read = (env: Readonly<Record<string, string>>) => readConfig((name) => ({ ...BASE, ...env })[name]);

Deno.test("three lines are a provider; the second has its own", () => {
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

Deno.test("all that is wrong with providers is listed at once", () => {
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
