import type { Server } from "node:http";
// @ts-types="npm:@types/oidc-provider@9.12.1"
import Provider from "oidc-provider";
import { freeTcpPort } from "../tools/ports.ts";

/** What the installation is called and proves itself with at the provider. */
export const CLIENT = { id: "tafelrunde", secret: "the secret of a client in tests, nothing else" } as const;

/** Somebody whom the provider knows. */
export interface ProviderPerson {
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
}

/** oidc-provider from npm on loopback, with its own pages for signing in. Any password will do. */
export interface RealProvider extends AsyncDisposable {
  readonly issuer: string;
  /** Who may sign in, by what they type as their name there. Who is taken out is let in no more. */
  readonly people: Map<string, ProviderPerson>;
  /** Grants that it has made, by type. */
  readonly grants: string[];
}

/** Starts the provider for an installation at `origin`. */
export async function startRealProvider(origin: string): Promise<RealProvider> {
  const port = freeTcpPort();
  const issuer = `http://localhost:${port}`;
  const people = new Map<string, ProviderPerson>();
  const provider = new Provider(issuer, {
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
        claims: () => ({ sub, ...person, groups: [...person.groups], email_verified: true }),
      };
    },
  });
  const grants: string[] = [];
  provider.on("grant.success", (ctx) => grants.push(String(ctx.oidc.params?.grant_type)));
  const listening = Promise.withResolvers<void>();
  const server: Server = provider.listen(port, "127.0.0.1", () => listening.resolve());
  await listening.promise;
  return {
    issuer,
    people,
    grants,
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
