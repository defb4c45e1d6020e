import assert from "node:assert/strict";
import { ConfigError } from "@tafelrunde/protocol/process/config";
import { readConfig } from "./config.ts";

const KEY = "a cluster key for tests and not for anything else";

const read = (env: Record<string, string>) => readConfig((name) => ({ CLUSTER_KEY: KEY, ...env })[name]);

/** The errors of an invalid configuration. */
function wrongs(env: Record<string, string>): string[] {
  try {
    read(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.message.split("\n");
  }
  return [];
}

Deno.test("invalid settings are reported at startup: URLs with more than a host", () => {
  const whole = "names more than scheme, host and port: Tafelrunde needs a host name of its own";
  for (const rest of ["/meet", "/?a=1", "/#x", "/meet/"]) {
    assert.deepEqual(wrongs({ PUBLIC_URL: `https://example.org${rest}` }), [`PUBLIC_URL ${whole}`], rest);
  }
  assert.deepEqual(wrongs({ PUBLIC_URL: "https://user@example.org" }), [`PUBLIC_URL ${whole}`]);
  assert.deepEqual(wrongs({ PUBLIC_URL: "example.org" }), ["PUBLIC_URL is not a URL with http: or https:"]);
  for (
    const right of [
      "https://example.org",
      "https://example.org/",
      "http://localhost:8080",
      "https://[::1]:8443",
    ]
  ) {
    assert.deepEqual(wrongs({ PUBLIC_URL: right }), [], right);
  }
});

Deno.test("invalid settings are reported at startup: providers that cannot be found", () => {
  const env = { PUBLIC_URL: "https://meet.example.org", OIDC_CLIENT_ID: "meet" };
  const itself =
    "OIDC_ISSUER is not what the provider calls itself: leave out /.well-known/… and what follows ? or #";
  for (
    const issuer of [
      "https://id.example/realms/x/.well-known/openid-configuration",
      "https://id.example/realms/x?kc_locale=de",
      "https://id.example/#realm",
    ]
  ) assert.deepEqual(wrongs({ ...env, OIDC_ISSUER: issuer }), [itself], issuer);
  assert.deepEqual(wrongs(env), ["OIDC_ISSUER is empty, but OIDC_CLIENT_ID is not"]);
  assert.deepEqual(wrongs({ ...env, OIDC_ISSUER: "https://id.example", OIDC_CLIENT_ID_3: "other" }), [
    "OIDC_ISSUER_3 is empty, but OIDC_CLIENT_ID_3 is not",
  ]);
});

Deno.test("an empty variable has its default, as in a compose file that passes everything on", () => {
  const names = ["HOST", "PORT", "DRAIN_S", "RETENTION_S", "ROOM_CREATION", "WEB_DIR", "DATA_DIR"] as const;
  const config = read(Object.fromEntries(names.map((name) => [name, ""])));
  const usual = read({});
  for (const name of names) assert.deepEqual(config[name], usual[name], name);
  const [provider] = read({
    PUBLIC_URL: "https://meet.example.org",
    OIDC_ISSUER: "https://id.example",
    OIDC_CLIENT_ID: "meet",
    OIDC_GROUPS_CLAIM: "",
    OIDC_EMAIL_CLAIM: "",
    OIDC_SCOPES: "",
  }).providers;
  assert.deepEqual(
    [provider!.groupsClaim, provider!.emailClaim, provider!.scopes],
    ["groups", "email", "openid profile email"],
  );
});
