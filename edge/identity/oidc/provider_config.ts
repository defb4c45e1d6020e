import { ProviderId, Slug } from "@tafelrunde/protocol/http";
import * as v from "valibot";

/** Most OpenID providers per installation. */
export const MAX_PROVIDERS = 9;

const claim = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_:/.-]{0,128}$/, "is no name of a claim"));

const issuer = v.pipe(
  v.string(),
  v.check((text) => {
    const url = URL.parse(text);
    return url !== null &&
      (url.protocol === "https:" || url.protocol === "http:" && isLoopback(url.hostname));
  }, "is neither a URL with https: nor one of this machine"),
  v.check((text) => {
    const url = URL.parse(text);
    return url === null || url.search === "" && url.hash === "" && !url.pathname.includes("/.well-known/");
  }, "is not what the provider calls itself: leave out /.well-known/… and what follows ? or #"),
);

/** "host", "host:port" or "[address]:port" as in a URL; undefined: it is a URL or mistyped. */
function hostIn(text: string): string | undefined {
  const url = /^[^\s/\\?#@,]+$/.test(text) ? URL.parse(`https://${text}`) : null;
  return url?.host;
}

/** The hosts of a comma-separated list, without invalid ones. */
export function hostsIn(list: string): string[] {
  return splitList(list).map(hostIn).filter((host) => host !== undefined);
}

function splitList(list: string): string[] {
  return list.split(",").map((host) => host.trim()).filter((host) => host !== "");
}

/**
 * The variables of one provider: `OIDC_ISSUER` … for the first, `OIDC_ISSUER_2` … for the second. The table
 * in docs/running.md is printed from these.
 */
export const PROVIDER_VARIABLES = {
  OIDC_ISSUER: {
    schema: issuer,
    default: "",
    doc: "Address of an OpenID provider: `https://id.example.org/realms/rathaus`. Empty: none.",
  },
  OIDC_CLIENT_ID: {
    schema: v.pipe(v.string(), v.minLength(1, "is empty, but OIDC_ISSUER is not")),
    default: "",
    doc: "Client id of this installation at the provider.",
  },
  OIDC_CLIENT_SECRET: {
    schema: v.string(),
    default: "",
    doc: "Client secret. Empty: a public client.",
  },
  OIDC_ID: {
    schema: v.union([v.literal(""), ProviderId], "is not of small letters, digits and hyphens"),
    default: "",
    doc: "Name of the provider in URLs. Empty: `oidc`, `oidc-2` …",
  },
  OIDC_NAME: {
    schema: v.string(),
    default: "",
    doc: "Label of the sign-in button. Empty: the issuer's host.",
  },
  OIDC_SCOPES: {
    schema: v.pipe(
      v.string(),
      v.check((text) => text.split(" ").includes("openid"), "does not name the scope openid"),
    ),
    default: "openid profile email",
    doc:
      "Scopes to request. With `offline_access`, if the provider has it, sessions outlast those at the provider.",
  },
  OIDC_HOSTS: {
    schema: v.pipe(
      v.string(),
      v.check(
        (list) => hostsIn(list).length === splitList(list).length,
        "is no list of hosts: leave out https:// and paths, and put commas between them",
      ),
    ),
    default: "",
    doc:
      "Further hosts of the provider's endpoints, separated by commas. `npm start` lets the edge connect to no others.",
  },
  OIDC_TENANT: {
    schema: v.pipe(
      v.string(),
      v.check(
        (text) => text === "" || v.is(Slug, text),
        "is no slug of a tenant, which has small letters, digits and hyphens",
      ),
    ),
    default: "",
    doc:
      "Slug of the tenant of the provider's users. Empty: the default tenant. Cannot be combined with `OIDC_TENANT_CLAIM`.",
  },
  OIDC_TENANT_CLAIM: {
    schema: claim,
    default: "",
    doc:
      "Claim with the slug of the tenant, for a provider of several tenants. Users without a known tenant, or with another one than their account's, cannot sign in.",
  },
  OIDC_NAME_CLAIM: { schema: claim, default: "name", doc: "Claim with the user's name." },
  OIDC_EMAIL_CLAIM: { schema: claim, default: "email", doc: "Claim with the user's e-mail address." },
  OIDC_TRUST_EMAIL: {
    schema: v.pipe(v.picklist(["", "1"], "is neither empty nor 1"), v.transform((text) => text === "1")),
    default: "",
    doc:
      "1: trust addresses although the provider does not send `email_verified`. A user with the address of an account gets that account.",
  },
  OIDC_GROUPS_CLAIM: { schema: claim, default: "groups", doc: "Claim with a list of groups." },
  OIDC_ADMIN_GROUP: {
    schema: v.string(),
    default: "",
    doc:
      'Members of this group are admins of the tenant, all others are not: `admins`, or with its path `/staff/admins` if the provider sends one (Keycloak\'s "full group path"). Empty: admins are appointed by hand.',
  },
} as const satisfies Record<
  `OIDC_${string}`,
  { schema: v.GenericSchema<string, unknown>; default: string; doc: string }
>;

type Name = keyof typeof PROVIDER_VARIABLES;
type Values = { readonly [N in Name]: v.InferOutput<(typeof PROVIDER_VARIABLES)[N]["schema"]> };

/** An OpenID provider as configured. */
export interface ProviderConfig {
  /** Its name in our URLs. */
  readonly id: string;
  /** Its name on the button. */
  readonly name: string;
  readonly issuer: URL;
  readonly clientId: string;
  /** Undefined: a public client. */
  readonly clientSecret: string | undefined;
  readonly scopes: string;
  /** Slug; undefined: the default tenant. */
  readonly tenant: string | undefined;
  readonly tenantClaim: string | undefined;
  readonly nameClaim: string;
  readonly emailClaim: string;
  readonly trustsEmail: boolean;
  readonly groupsClaim: string;
  readonly adminGroup: string | undefined;
}

/** Ids that would be confused with our own sign-in methods. */
const TAKEN_IDS = ["password", "passkey", "recovery", "oneTimeLink"];

/** The name of a variable of the `nth` provider, from 1. */
export function providerVariable(name: Name, nth: number): string {
  return nth === 1 ? name : `${name}_${nth}`;
}

/** All variables that configure providers. */
export function providerVariables(): string[] {
  return Array.from(
    { length: MAX_PROVIDERS },
    (_, index) => Object.keys(PROVIDER_VARIABLES).map((name) => providerVariable(name as Name, index + 1)),
  ).flat();
}

/** Reads the providers; adds errors to `wrong`, one line each. */
export function readProviders(env: (name: string) => string | undefined, wrong: string[]): ProviderConfig[] {
  const providers: ProviderConfig[] = [];
  for (let nth = 1; nth <= MAX_PROVIDERS; nth++) {
    const issuerName = providerVariable("OIDC_ISSUER", nth);
    if (!env(issuerName)) {
      const idName = providerVariable("OIDC_CLIENT_ID", nth);
      if (env(idName)) wrong.push(`${issuerName} is empty, but ${idName} is not`);
      continue;
    }
    const values = readValues(env, nth, wrong);
    if (values === undefined) continue;
    if (values.OIDC_TENANT !== "" && values.OIDC_TENANT_CLAIM !== "") {
      const [one, other] = [providerVariable("OIDC_TENANT", nth), providerVariable("OIDC_TENANT_CLAIM", nth)];
      wrong.push(
        `${one} and ${other} contradict each other: its people are of one tenant, or of the one that is claimed`,
      );
    }
    const provider = providerOf(values, nth);
    if (TAKEN_IDS.includes(provider.id) || providers.some(({ id }) => id === provider.id)) {
      wrong.push(`${providerVariable("OIDC_ID", nth)} is taken: ${provider.id}`);
    }
    providers.push(provider);
  }
  return providers;
}

function readValues(
  env: (name: string) => string | undefined,
  nth: number,
  wrong: string[],
): Values | undefined {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, { schema, default: fallback }] of Object.entries(PROVIDER_VARIABLES)) {
    const variable = providerVariable(name as Name, nth);
    const written = env(variable) ?? "";
    // A secret is taken as it is; spaces around any other value are dropped.
    const value = name === "OIDC_CLIENT_SECRET" ? written : written.trim();
    const result = v.safeParse(schema, value || fallback);
    if (result.success) values[name] = result.output;
    else faults.push(`${variable} ${result.issues[0].message}`);
  }
  wrong.push(...faults);
  return faults.length > 0 ? undefined : values as Values;
}

function providerOf(values: Values, nth: number): ProviderConfig {
  const issuer = new URL(values.OIDC_ISSUER);
  return {
    id: values.OIDC_ID || (nth === 1 ? "oidc" : `oidc-${nth}`),
    name: values.OIDC_NAME || issuer.hostname,
    issuer,
    clientId: values.OIDC_CLIENT_ID,
    clientSecret: values.OIDC_CLIENT_SECRET || undefined,
    scopes: values.OIDC_SCOPES,
    tenant: values.OIDC_TENANT || undefined,
    tenantClaim: values.OIDC_TENANT_CLAIM || undefined,
    nameClaim: values.OIDC_NAME_CLAIM,
    emailClaim: values.OIDC_EMAIL_CLAIM,
    trustsEmail: values.OIDC_TRUST_EMAIL,
    groupsClaim: values.OIDC_GROUPS_CLAIM,
    adminGroup: values.OIDC_ADMIN_GROUP || undefined,
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
