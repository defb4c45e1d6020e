import { createServer, type RequestListener } from "node:http";
// @ts-types="npm:@types/oidc-provider@9.12.1"
import Provider, { type Configuration } from "oidc-provider";
import { freeTcpPort } from "../tools/ports.ts";

/** The installation's client id and secret at the provider. */
export const CLIENT = { id: "tafelrunde", secret: "the secret of a client in tests, nothing else" } as const;

const RS256 = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;

/** A person registered with the provider. */
export interface ProviderPerson {
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
}

/** Misbehavior of the provider. */
export interface Oddities {
  /** Claims that replace everyone's own; undefined: the claim is missing. */
  claims?: Readonly<Record<string, unknown>>;
  /** Status that its userinfo endpoint returns instead of claims. */
  userInfo?: number;
  /** Its response to refresh tokens. */
  refresh?: { readonly status: number; readonly error: string };
}

/** oidc-provider from npm on loopback, with its own sign-in pages. It accepts any password. */
export interface RealProvider extends AsyncDisposable {
  readonly issuer: string;
  /** People who can sign in, by the name they type there. Removed people are refused from then on. */
  readonly people: Map<string, ProviderPerson>;
  /** Grants that it has made, by type. */
  readonly grants: string[];
  /** Its misbehavior from now on. */
  odd: Oddities;
  /** Signs with a new key from now on, and publishes only that one. */
  rotateKeys(): Promise<void>;
}

/** Starts the provider for an installation at `origin`. */
export async function startRealProvider(origin: string): Promise<RealProvider> {
  const port = freeTcpPort();
  const issuer = `http://localhost:${port}`;
  const people = new Map<string, ProviderPerson>();
  const grants: string[] = [];
  let count = 0;
  const makeListener = async (): Promise<RequestListener> => {
    const { privateKey } = await crypto.subtle.generateKey(RS256, true, ["sign", "verify"]);
    const { key_ops: _, ext: __, ...jwk } = await crypto.subtle.exportKey("jwk", privateKey);
    const key = { ...jwk, kid: `key-${++count}`, use: "sig", alg: "RS256" };
    const provider = new Provider(issuer, { ...configuration, jwks: { keys: [key] } } as Configuration);
    provider.on("grant.success", (ctx) => grants.push(String(ctx.oidc.params?.grant_type)));
    provider.use(async (ctx, next) => {
      const { userInfo, refresh } = running.odd;
      if (ctx.path === "/me" && userInfo !== undefined) {
        ctx.status = userInfo;
        return;
      }
      await next();
      if (refresh === undefined || ctx.oidc?.params?.["grant_type"] !== "refresh_token") return;
      ctx.status = refresh.status;
      ctx.body = { error: refresh.error };
    });
    return provider.callback();
  };
  const configuration: Configuration = {
    clients: [{
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      grant_types: ["authorization_code", "refresh_token"],
      redirect_uris: [`${origin}/v1/auth/oidc/oidc/callback`],
      post_logout_redirect_uris: [`${origin}/`],
      backchannel_logout_uri: `${origin}/v1/auth/oidc/oidc/logout`,
      backchannel_logout_session_required: true,
    }],
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"], groups: ["groups"] },
    scopes: ["openid", "profile", "email", "groups"],
    features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: true } },
    cookies: { keys: ["a key for tests"] },
    pkce: { required: () => true },
    issueRefreshToken: () => Promise.resolve(true),
    findAccount(_ctx, sub) {
      const person = people.get(sub);
      return person && {
        accountId: sub,
        claims: () => ({
          sub,
          ...person,
          groups: [...person.groups],
          email_verified: true,
          ...running.odd.claims,
        }),
      };
    },
  };
  const running: RealProvider = {
    issuer,
    people,
    grants,
    odd: {},
    async rotateKeys() {
      listener = await makeListener();
    },
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
  let listener = await makeListener();
  const server = createServer((request, response) => listener(request, response));
  const listening = Promise.withResolvers<void>();
  server.listen(port, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  return running;
}
