import assert from "node:assert/strict";
import { type Claimed, missingClaims, readClaims } from "./claims.ts";
import type { ProviderConfig } from "./provider_config.ts";

const PROVIDER: ProviderConfig = {
  id: "oidc",
  name: "id.example",
  issuer: new URL("https://id.example"),
  clientId: "tafelrunde",
  clientSecret: undefined,
  scopes: "openid",
  tenant: undefined,
  tenantClaim: undefined,
  nameClaim: "name",
  emailClaim: "email",
  trustsEmail: false,
  groupsClaim: "groups",
  adminGroup: undefined,
};

type Part = Readonly<Record<string, unknown>>;
const said = (token: Part, userInfo?: Part) => ({
  token: { iss: "https://id.example", sub: "sub-1", ...token },
  userInfo,
});
const read = (token: Part, userInfo?: Part, more: Partial<ProviderConfig> = {}): Claimed =>
  readClaims(said(token, userInfo), { ...PROVIDER, ...more });
const VERA = "vera@rathaus.example";
const EVE = "eve@evil.example";

Deno.test("[U28] a source vouches for its own address, and for no other source's", () => {
  const cases: [token: Part, userInfo: Part, email: string | undefined][] = [
    [{ email: VERA }, { email: EVE, email_verified: true }, undefined],
    [{ email: VERA }, { email_verified: true }, undefined],
    [{ email: EVE, email_verified: true }, { email: VERA }, EVE],
    [{ email: null, email_verified: true }, { email: VERA }, undefined],
    [{ email: ["x"], email_verified: true }, { email: VERA }, undefined],
    [{ email_verified: true }, { email: VERA, email_verified: true }, VERA],
    [{ email: VERA }, { email: "Vera@Rathaus.example", email_verified: "true" }, VERA],
    [{ email: VERA, email_verified: true }, { email: VERA, email_verified: false }, undefined],
    [{ email: VERA, email_verified: true }, { email: EVE, email_verified: false }, VERA],
  ];
  for (const [token, userInfo, email] of cases) {
    assert.equal(read(token, userInfo).email, email, JSON.stringify([token, userInfo]));
  }
  const upn = { emailClaim: "upn" };
  assert.equal(read({ upn: VERA }, { email: EVE, email_verified: true }, upn).email, undefined);
  assert.equal(read({ upn: VERA }, { email: VERA, email_verified: true }, upn).email, VERA);
});

Deno.test("[U28] a provider that says no is trusted, even if its silence is trusted", () => {
  const trusting = { trustsEmail: true };
  assert.equal(read({ email: VERA }, undefined, trusting).email, VERA);
  for (const email_verified of [false, "false", "False", 0, "no"]) {
    const of = read({ email: VERA, email_verified }, undefined, trusting);
    assert.deepEqual([of.email, of.disownedEmail], [undefined, VERA], JSON.stringify(email_verified));
  }
  assert.equal(read({ email: VERA }, { email: VERA, email_verified: false }, trusting).email, undefined);
  assert.equal(read({ email: VERA }, { email_verified: false }, trusting).email, undefined);
  const upn = { ...trusting, emailClaim: "upn" };
  assert.equal(read({ upn: VERA, email_verified: false }, undefined, upn).email, undefined);
  assert.equal(
    read({ upn: VERA, email: EVE, email_verified: false }, undefined, upn).email,
    VERA,
    "of another",
  );
});

Deno.test("[U35] an empty claim of the ID token hides none of userinfo's", () => {
  const whole = { name: "Anna Maat", groups: ["Rat"] };
  for (const empty of [null, "", "  ", {}, 7, [null], [{}]]) {
    const { name, groups } = read({ name: empty, groups: empty }, whole);
    assert.deepEqual([name, groups], ["Anna Maat", ["Rat"]], JSON.stringify(empty));
  }
  assert.equal(read({ name: "\u200b\u2060" }, whole).name, "Anna Maat");
  assert.equal(read({ name: "anna@rathaus.example" }, whole).name, "Anna Maat");
  assert.equal(read({ preferred_username: "anna.maat" }, whole).name, "Anna Maat");
  const nested = { groupsClaim: "realm_access.roles", tenantClaim: "org.slug" };
  const elsewhere = { realm_access: { roles: ["Rat"] }, org: { slug: "rathaus" } };
  for (
    const token of [{ realm_access: {} }, { realm_access: null }, { "realm_access.roles": null, org: {} }]
  ) {
    const { groups, tenant } = read(token, elsewhere, nested);
    assert.deepEqual([groups, tenant], [["Rat"], "rathaus"], JSON.stringify(token));
  }
});

Deno.test("[U29] the ID token takes precedence: an empty list of groups means no groups", () => {
  const { name, groups } = read({ name: "Anna", groups: [] }, { name: "Eve", groups: ["admins"] });
  assert.deepEqual([name, groups], ["Anna", []]);
});

Deno.test("[U29] an address in other letters, or cut short, is not a name, nor is invisible text", () => {
  const long = `Dr. ${"Maximiliane ".repeat(5)}zu Anna (anna.schmidt@rathaus.example)`;
  for (
    const name of [
      "anna\uff20rathaus.example",
      "anna\ufe6brathaus.example",
      "anna\u2060@rathaus.example",
      long,
      "\u200b\u2060",
      "\u0301",
      "\u2800",
    ]
  ) {
    assert.equal(read({ name }).name, undefined, name);
    assert.equal(read({ name, nickname: "Anni" }).name, "Anni", name);
    assert.equal(read({ given_name: name }).name, undefined, name);
  }
});

Deno.test("[U35] missing claims that would count are requested, email_verified too", () => {
  const whole = { name: "Anna", email: VERA, email_verified: true, groups: [] };
  const missing = (token: Part, more: Partial<ProviderConfig> = {}) =>
    missingClaims(said({ ...whole, ...token }), { ...PROVIDER, ...more });
  assert.deepEqual(missing({}), []);
  assert.deepEqual(missing({ email_verified: undefined }), ["email_verified"]);
  assert.deepEqual(missing({ email_verified: undefined }, { trustsEmail: true }), []);
  assert.deepEqual(missing({ email_verified: false }), []);
  assert.deepEqual(missing({ email: null }), ["email"]);
  assert.deepEqual(missing({ name: "", groups: {} }), ["name", "groups"]);
  assert.deepEqual(missing({}, { tenantClaim: "org" }), ["org"]);
});
