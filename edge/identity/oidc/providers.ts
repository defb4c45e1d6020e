import { createRemoteJWKSet } from "jose";
import * as client from "openid-client";
import { isRefusal } from "./fault.ts";
import type { ProviderConfig } from "./provider_config.ts";

/** Timeout of requests to a provider, seconds. */
const TIMEOUT_S = 10;

/** How long a provider's metadata is cached, ms. */
const METADATA_TTL_MS = 3_600_000;

/**
 * openid-client's errors for a token whose signature does not match the known keys: there might be new ones,
 * even with a known key id.
 */
const KEY_FAULTS = ["OAUTH_KEY_SELECTION_FAILED", "OAUTH_INVALID_RESPONSE"];

/**
 * Least time between fetches of the keys for logout tokens with an unknown key, ms: anyone can send such
 * tokens.
 */
const KEYS_COOLDOWN_MS = 2_000;

/**
 * The OpenID providers of this installation. Their metadata is fetched when first needed, each hour, and
 * after a failed exchange.
 */
export class Providers {
  readonly all: readonly ProviderConfig[];
  readonly #known = new Map<
    string,
    { readonly at: number; readonly client: Promise<client.Configuration> }
  >();
  readonly #keys = new Map<string, ReturnType<typeof createRemoteJWKSet>>();
  /** The latest known keys of each provider. */
  readonly #seenKeys = new Map<string, client.ExportedJWKSCache>();
  readonly #now: () => number;

  constructor(providers: readonly ProviderConfig[], now: () => number) {
    this.all = providers;
    this.#now = now;
  }

  find(id: string): ProviderConfig | undefined {
    return this.all.find((provider) => provider.id === id);
  }

  /**
   * The provider's metadata as an openid-client configuration. Rejects if the provider does not respond; the
   * next call then tries again.
   */
  async discover(provider: ProviderConfig): Promise<client.Configuration> {
    const known = this.#known.get(provider.id);
    if (known !== undefined && this.#now() - known.at < METADATA_TTL_MS) return await known.client;
    const discovered = discover(provider);
    this.#known.set(provider.id, { at: this.#now(), client: discovered });
    try {
      return await discovered;
    } catch (error) {
      this.#forget(provider, discovered);
      throw error;
    }
  }

  /**
   * Requests tokens from the provider. If one does not match the known keys, the same response is checked
   * again with newly fetched keys. After an exchange that fails for anything but a refusal, the next one
   * fetches the metadata again.
   */
  async exchange<T>(
    provider: ProviderConfig,
    ask: (configuration: client.Configuration) => Promise<T>,
  ): Promise<T> {
    const discovered = this.discover(provider);
    const metadata = (await discovered).serverMetadata();
    const known = this.#known.get(provider.id)?.client;
    const answer: { text?: string; init?: ResponseInit } = {};
    const withKeys = async (keys: client.ExportedJWKSCache | undefined) => {
      const configuration = configure(provider, metadata);
      configuration[client.customFetch] = (url, options) => fetchOnce(url, options, metadata, answer);
      if (keys !== undefined) client.setJwksCache(configuration, keys);
      try {
        return await ask(configuration);
      } finally {
        const seen = client.getJwksCache(configuration);
        if (seen !== undefined) this.#seenKeys.set(provider.id, seen);
      }
    };
    try {
      const keys = this.#seenKeys.get(provider.id);
      return await withKeys(keys).catch(async (error: unknown) => {
        const isOfKeys = error instanceof client.ClientError && KEY_FAULTS.includes(error.code ?? "");
        if (!isOfKeys || keys === undefined || answer.text === undefined) throw error;
        return await withKeys(undefined);
      });
    } catch (error) {
      if (known !== undefined && !await isRefusal(error)) this.#forget(provider, known);
      throw error;
    }
  }

  /** Drops the metadata, unless it was fetched again meanwhile. */
  #forget({ id }: ProviderConfig, known: Promise<client.Configuration>): void {
    if (this.#known.get(id)?.client === known) this.#known.delete(id);
  }

  /** The keys at a provider's `jwks_uri`; fetched again when a token names a new key. */
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
    // ID tokens come from the provider itself over TLS; their signatures are checked all the same.
    execute: [
      client.enableNonRepudiationChecks,
      ...issuer.protocol === "http:" ? [client.allowInsecureRequests] : [],
    ],
    timeout: TIMEOUT_S,
  });
}

/**
 * Fetches; stores the response of the token endpoint in `answer` and reuses it: a code or a refresh token
 * might be valid only once.
 */
async function fetchOnce(
  url: string,
  options: client.CustomFetchOptions,
  { token_endpoint: tokenEndpoint }: client.ServerMetadata,
  answer: { text?: string; init?: ResponseInit },
): Promise<Response> {
  const fetchIt = () => fetch(url, options as RequestInit);
  if (url !== tokenEndpoint) return await fetchIt();
  if (answer.text === undefined) {
    const response = await fetchIt();
    const { status, statusText, headers } = response;
    Object.assign(answer, { text: await response.text(), init: { status, statusText, headers } });
  }
  return new Response(answer.text || null, answer.init);
}

/** A client of the provider, from its metadata. */
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

/**
 * The client authentication that the provider supports; Basic, which is the default, if it supports that.
 * Source: OpenID Connect Core 1.0 §9.
 */
function proofOfClient(secret: string | undefined): client.ClientAuth {
  if (secret === undefined) return client.None();
  const basic = client.ClientSecretBasic(secret);
  const post = client.ClientSecretPost(secret);
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return (methods.includes("client_secret_basic") ? basic : post)(server, ...rest);
  };
}
