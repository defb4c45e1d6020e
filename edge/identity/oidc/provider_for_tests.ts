import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** How a provider makes a token: key, header and claims. */
export interface Forgery {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /**
   * "known": the key that it publishes; "unknown": another; "secret": the client's secret, as HMAC; "none":
   * unsigned.
   */
  readonly key?: "known" | "unknown" | "secret" | "none";
  /** Changes the signed token. */
  readonly tamper?: (token: string) => string;
}

/** An OpenID provider whose responses a test chooses. */
export interface TestProvider extends AsyncDisposable {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How the next ID tokens are made. */
  idToken: Forgery;
  /** Status of responses to refresh tokens: anything but 200 refuses. */
  refreshStatus: number;
  /** Error of a refused refresh; undefined: "invalid_grant" with 400, else "server_error". */
  refusal: { readonly error: string; readonly error_description?: string } | undefined;
  /** `WWW-Authenticate` of a refused refresh; undefined: none. */
  challenge: string | undefined;
  /**
   * Additional fields of token responses: `refresh_expires_in` … `id_token: undefined` omits the ID token.
   */
  withTokens: Readonly<Record<string, unknown>>;
  /**
   * The userinfo endpoint. Undefined: there is none; a number: it fails with that status; "silent": it does
   * not respond; else its claims.
   */
  userInfo: number | "silent" | Readonly<Record<string, unknown>> | undefined;
  /** URL of the userinfo endpoint, if it is not at the provider itself. */
  userInfoAt: string | undefined;
  /**
   * From now on tokens are signed with a new key, with a new key id or `name`, and only that key is
   * published.
   */
  rotateKeys(name?: string): Promise<void>;
  /** Path prefix of its endpoints; other paths get 404. */
  below: string;
  /** Reuses the earlier sign-in of everyone, whatever `prompt` and `max_age` request. */
  ignoresPrompt: boolean;
  /** How it refuses codes; undefined: it accepts them. */
  codeRefusal:
    | { readonly status: number; readonly error: string; readonly error_description?: string }
    | undefined;
  /** How far its clock is ahead of this machine's (negative: behind), ms; applies to its tokens. */
  clockAheadMs: number;
  /** Claims in refreshed tokens, by `sub`, instead of those of `idToken`; null: the person is dismissed. */
  readonly people: Map<string, Readonly<Record<string, unknown>> | null>;
  /** Refresh tokens that are unused for this long expire, by the test's clock, ms. */
  idle: { readonly ms: number; readonly now: () => number } | undefined;
  /** Number of fetches of its keys. */
  keyFetches: number;
  /** Number of fetches of its metadata. */
  metadataFetches: number;
  /** Requests to the token endpoint, by grant. */
  readonly grants: string[];
  /** A logout token. */
  logoutToken(forgery?: Forgery): Promise<string>;
}

const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** Starts one on 127.0.0.1. Its person is "sub-anna", in the session "sid-1". */
export async function startTestProvider(person: Readonly<Record<string, unknown>>): Promise<TestProvider> {
  let known = await generateKeyPair("RS256");
  let kid = "k1";
  const unknown = await generateKeyPair("RS256");
  const publish = async () => ({ ...await exportJWK(known.publicKey), kid, alg: "RS256", use: "sig" });
  let jwk = await publish();
  const silent = Promise.withResolvers<void>();
  const [clientId, clientSecret] = ["tafelrunde", "a secret of the client, long enough for HMAC"];
  const sign = async (claims: JWTPayload, { header, key = "known", tamper = (token) => token }: Forgery) => {
    const part = (value: unknown) =>
      new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });
    if (key === "none") return `${part({ alg: "none", ...header })}.${part(claims)}.`;
    const isHmac = key === "secret";
    const signer = new SignJWT(claims).setProtectedHeader({
      alg: isHmac ? "HS256" : "RS256",
      ...!isHmac && { kid },
      ...header,
    });
    const signing = isHmac
      ? new TextEncoder().encode(clientSecret)
      : (key === "known" ? known : unknown).privateKey;
    return tamper(await signer.sign(signing));
  };
  let nonce: string | undefined;
  const nowS = () => Math.floor((Date.now() + provider.clockAheadMs) / 1000);
  const usedAt = new Map<string, number>();
  /** When people were last asked to sign in, s. */
  const askedAtS = new Map<string, number>();
  const subjectOf = (claims: Readonly<Record<string, unknown>> | undefined) =>
    String(claims?.["sub"] ?? "sub-anna");
  const idTokenOf = async (
    claims: Readonly<Record<string, unknown>> | undefined = provider.idToken.claims,
  ) => ({
    access_token: "access",
    token_type: "Bearer",
    refresh_token: noteUse(`refresh ${subjectOf(claims)}`),
    id_token: await sign({
      iss: provider.issuer,
      sub: "sub-anna",
      aud: clientId,
      iat: nowS(),
      exp: nowS() + 300,
      sid: "sid-1",
      auth_time: askedAtS.get(subjectOf(claims)) ?? nowS(),
      ...nonce !== undefined && { nonce },
      ...person,
      ...claims,
    }, provider.idToken),
    ...provider.withTokens,
  });
  const noteUse = (token: string) => {
    usedAt.set(token, provider.idle?.now() ?? 0);
    return token;
  };
  const refuse = (error: string, description?: string, status = 400) =>
    Response.json({ error, ...description !== undefined && { error_description: description } }, { status });
  const refresh = async (token: string): Promise<Response> => {
    const { idle, people, refreshStatus, refusal } = provider;
    if (refreshStatus !== 200) {
      const error = refreshStatus === 400 ? "invalid_grant" : "server_error";
      const headers = provider.challenge === undefined ? {} : { "www-authenticate": provider.challenge };
      return Response.json(refusal ?? { error }, { status: refreshStatus, headers });
    }
    if (idle !== undefined && idle.now() - (usedAt.get(token) ?? 0) > idle.ms) {
      return refuse("invalid_grant", "Token is not active");
    }
    const claims = people.get(token.slice("refresh ".length));
    return claims === null ? refuse("access_denied") : Response.json(await idTokenOf(claims));
  };
  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const isMetadata = url.pathname.startsWith("/.well-known/");
    if (!isMetadata && !url.pathname.startsWith(provider.below)) return new Response(null, { status: 404 });
    const pathname = isMetadata ? url.pathname : url.pathname.slice(provider.below.length);
    if (pathname === "/keys") {
      provider.keyFetches++;
      return Response.json({ keys: [jwk] });
    }
    if (pathname === "/userinfo") {
      const { userInfo } = provider;
      if (userInfo === "silent") await silent.promise;
      if (userInfo === undefined) return new Response(null, { status: 404 });
      if (typeof userInfo === "number") return new Response(null, { status: userInfo });
      return Response.json(userInfo);
    }
    if (pathname === "/authorize") {
      nonce = url.searchParams.get("nonce") ?? undefined;
      const subject = subjectOf(provider.idToken.claims);
      const isAsked = url.searchParams.get("prompt") === "login" && !provider.ignoresPrompt;
      if (isAsked || !askedAtS.has(subject)) askedAtS.set(subject, nowS());
      const back = new URL(url.searchParams.get("redirect_uri")!);
      back.searchParams.set("code", "code");
      back.searchParams.set("state", url.searchParams.get("state")!);
      back.searchParams.set("iss", provider.issuer);
      return Response.redirect(back, 302);
    }
    if (pathname === "/token") {
      const asked = new URLSearchParams(await request.text());
      const grant = asked.get("grant_type") ?? "";
      provider.grants.push(grant);
      const { codeRefusal } = provider;
      if (grant !== "refresh_token" && codeRefusal !== undefined) {
        return refuse(codeRefusal.error, codeRefusal.error_description, codeRefusal.status);
      }
      if (grant !== "refresh_token") return Response.json(await idTokenOf());
      nonce = undefined;
      return await refresh(asked.get("refresh_token") ?? "");
    }
    provider.metadataFetches++;
    const { issuer } = provider;
    const at = `${issuer}${provider.below}`;
    return Response.json({
      issuer,
      authorization_endpoint: `${at}/authorize`,
      token_endpoint: `${at}/token`,
      jwks_uri: `${at}/keys`,
      end_session_endpoint: `${at}/end`,
      authorization_response_iss_parameter_supported: true,
      ...provider.userInfo !== undefined &&
        { userinfo_endpoint: provider.userInfoAt ?? `${at}/userinfo` },
      code_challenge_methods_supported: ["S256"],
    });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  const provider: TestProvider = {
    issuer: `http://127.0.0.1:${server.addr.port}`,
    clientId,
    clientSecret,
    idToken: {},
    refreshStatus: 200,
    refusal: undefined,
    challenge: undefined,
    withTokens: {},
    userInfo: undefined,
    userInfoAt: undefined,
    ignoresPrompt: false,
    codeRefusal: undefined,
    clockAheadMs: 0,
    people: new Map(),
    idle: undefined,
    keyFetches: 0,
    metadataFetches: 0,
    below: "",
    async rotateKeys(name = `k${crypto.randomUUID()}`) {
      known = await generateKeyPair("RS256");
      kid = name;
      jwk = await publish();
    },
    grants: [],
    logoutToken(forgery = {}) {
      return sign({
        iss: provider.issuer,
        aud: clientId,
        iat: nowS(),
        exp: nowS() + 120,
        jti: crypto.randomUUID(),
        sid: "sid-1",
        events: { [LOGOUT_EVENT]: {} },
        ...forgery.claims,
      }, { ...forgery, header: { typ: "logout+jwt", ...forgery.header } });
    },
    [Symbol.asyncDispose]() {
      silent.resolve();
      return server.shutdown();
    },
  };
  return provider;
}
