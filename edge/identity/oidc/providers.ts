import { createRemoteJWKSet } from "jose";
import * as client from "openid-client";
import { isRefusal } from "./fault.ts";
import type { ProviderConfig } from "./provider_config.ts";

/** How long a provider may take to answer, seconds. */
const TIMEOUT_S = 10;

/** How long what a provider says of itself is believed, ms. */
const METADATA_TTL_MS = 3_600_000;

/** What openid-client says of a token whose signature it cannot check with the keys that it has: there may be new ones, also under an old name. */
const KEY_FAULTS = ["OAUTH_KEY_SELECTION_FAILED", "OAUTH_INVALID_RESPONSE"];

/** How long keys are not fetched again for a logout token whose key they lack, ms: such tokens can be anybody's. */
const KEYS_COOLDOWN_MS = 2_000;

/** The OpenID providers of this installation: what they say of themselves is fetched when first needed, each hour, and after an exchange that failed. */
export class Providers {
  readonly all: readonly ProviderConfig[];
  readonly #known = new Map<
    string,
    { readonly at: number; readonly client: Promise<client.Configuration> }
  >();
  readonly #keys = new Map<string, ReturnType<typeof createRemoteJWKSet>>();
  /** The keys of each provider that were seen last. */
  readonly #seenKeys = new Map<string, client.ExportedJWKSCache>();
  readonly #now: () => number;

  constructor(providers: readonly ProviderConfig[], now: () => number) {
    this.all = providers;
    this.#now = now;
  }

  find(id: string): ProviderConfig | undefined {
    return this.all.find((provider) => provider.id === id);
  }

  /** What the provider says of itself, as openid-client knows it. Rejects when it does not answer; then the next call asks again. */
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
   * Asks the provider for tokens. If one does not fit the keys that are known, its answer is read once more with keys that are fetched anew. An exchange
   * that fails for anything but a refusal has what the provider says of itself fetched anew at the next one.
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

  /** The provider is asked anew what it says of itself, unless it has been meanwhile. */
  #forget({ id }: ProviderConfig, known: Promise<client.Configuration>): void {
    if (this.#known.get(id)?.client === known) this.#known.delete(id);
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

/** Fetches; the answer of the token endpoint is kept in `answer`, and given from there: a code or a refresh token may be good once. */
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
