import { createRemoteJWKSet } from "jose";
import * as client from "openid-client";
import type { ProviderConfig } from "./provider_config.ts";

/** How long a provider may take to answer, seconds. */
const TIMEOUT_S = 10;

/** How long what a provider says of itself is believed, ms. */
const METADATA_TTL_MS = 3_600_000;

/** How old openid-client's keys are when it fetches them for a token whose key they lack, seconds. Source: oauth4webapi 3, jwksCache. */
const REFETCH_AGE_S = 60;

/** How long keys are not fetched again for a logout token whose key they lack, ms: such tokens can be anybody's. */
const KEYS_COOLDOWN_MS = 2_000;

/** The OpenID providers of this installation: what they say of themselves is fetched when first needed, and again each hour. */
export class Providers {
  readonly all: readonly ProviderConfig[];
  readonly #known = new Map<
    string,
    { readonly at: number; readonly client: Promise<client.Configuration> }
  >();
  readonly #keys = new Map<string, ReturnType<typeof createRemoteJWKSet>>();
  /** What each provider was asked with last. */
  readonly #last = new Map<string, client.Configuration>();
  readonly #now: () => number;

  constructor(providers: readonly ProviderConfig[], now: () => number) {
    this.all = providers;
    this.#now = now;
  }

  find(id: string): ProviderConfig | undefined {
    return this.all.find((provider) => provider.id === id);
  }

  /** The provider as openid-client knows it, for one exchange with it. Rejects when it does not answer; then the next call asks again. */
  async discover(provider: ProviderConfig): Promise<client.Configuration> {
    const known = this.#known.get(provider.id);
    if (known !== undefined && this.#now() - known.at < METADATA_TTL_MS) {
      return this.#renew(provider, await known.client);
    }
    const discovered = discover(provider);
    this.#known.set(provider.id, { at: this.#now(), client: discovered });
    try {
      return this.#renew(provider, await discovered);
    } catch (error) {
      if (this.#known.get(provider.id)?.client === discovered) this.#known.delete(provider.id);
      throw error;
    }
  }

  /**
   * The same with the keys that were seen last, as if they were a minute old: then a token with a key that is not among them has them fetched at once.
   * openid-client lets a minute pass otherwise, in which a provider that has changed its keys lets nobody in.
   */
  #renew(provider: ProviderConfig, known: client.Configuration): client.Configuration {
    const before = this.#last.get(provider.id);
    const cache = before === undefined ? undefined : client.getJwksCache(before);
    const renewed = configure(provider, known.serverMetadata());
    if (cache !== undefined) {
      const uat = Math.min(cache.uat, Math.floor(Date.now() / 1000) - REFETCH_AGE_S);
      client.setJwksCache(renewed, { ...cache, uat });
    }
    this.#last.set(provider.id, renewed);
    return renewed;
  }

  /** The keys that a provider keeps at an address (`jwks_uri`); fetched again when a token names one that is new. */
  keysAt(url: string): ReturnType<typeof createRemoteJWKSet> {
    const keys = this.#keys.get(url) ??
      createRemoteJWKSet(new URL(url), {
        timeoutDuration: TIMEOUT_S * 1000,
        cooldownDuration: KEYS_COOLDOWN_MS,
      });
    this.#keys.set(url, keys);
    return keys;
  }
}

function discover({ issuer, clientId, clientSecret }: ProviderConfig): Promise<client.Configuration> {
  return client.discovery(issuer, clientId, {}, proofOfClient(clientSecret), {
    // ID tokens come over TLS from the provider itself; their signatures are checked all the same.
    execute: [
      client.enableNonRepudiationChecks,
      ...issuer.protocol === "http:" ? [client.allowInsecureRequests] : [],
    ],
    timeout: TIMEOUT_S,
  });
}

/** A client of the provider, by what that says of itself. */
function configure(
  { issuer, clientId, clientSecret }: ProviderConfig,
  metadata: client.ServerMetadata,
): client.Configuration {
  const configured = new client.Configuration({ ...metadata }, clientId, {}, proofOfClient(clientSecret));
  client.enableNonRepudiationChecks(configured);
  if (issuer.protocol === "http:") client.allowInsecureRequests(configured);
  configured.timeout = TIMEOUT_S;
  return configured;
}

/** The way to show the secret that the provider takes; Basic, which is the default, if it takes that. Source: OpenID Connect Core 1.0 §9. */
function proofOfClient(secret: string | undefined): client.ClientAuth {
  if (secret === undefined) return client.None();
  const basic = client.ClientSecretBasic(secret);
  const post = client.ClientSecretPost(secret);
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return (methods.includes("client_secret_basic") ? basic : post)(server, ...rest);
  };
}
