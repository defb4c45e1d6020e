import { Hono } from "hono";
import type { IdentityContext } from "../context.ts";
import { denoRuntime } from "../runtime/serve_deno.ts";
import { accountRoutes } from "./account.ts";
import { authRoutes } from "./auth.ts";
import { withCaller } from "./caller.ts";
import { oidcRoutes } from "./oidc.ts";
import { codeOf, problemResponse } from "./problem.ts";
import { serveRoutes } from "./serve_route.ts";

/** The origin that tests use. */
export const ORIGIN = "http://meet.example";

/** The routes of signing in and of accounts. Requests come from the address in `x-test-address`. */
export function makeAccountApp(context: IdentityContext): Hono {
  const runtime = {
    ...denoRuntime(),
    peerAddress: (c: { req: { header(name: string): string | undefined } }) =>
      c.req.header("x-test-address") ?? "192.0.2.1",
  };
  const app = new Hono();
  app.use(withCaller(context));
  const service = { ...context, runtime };
  serveRoutes(app, [...authRoutes(service), ...accountRoutes(service, () => Promise.resolve())], service);
  app.route("/v1/auth/oidc", oidcRoutes(service));
  app.onError((error, c) => {
    if (codeOf(error) === undefined) console.error(error);
    return problemResponse(c, error);
  });
  return app;
}

/** A response as tests see it. */
export interface Answer {
  readonly status: number;
  /** Parsed JSON; undefined: there was none. */
  // deno-lint-ignore no-explicit-any
  readonly body: any;
  readonly headers: Headers;
}

/** An HTTP client that keeps cookies and sends its origin, like a browser. */
export class TestClient {
  readonly cookies = new Map<string, string>();
  readonly #app: Hono;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(app: Hono, headers: Readonly<Record<string, string>> = {}) {
    this.#app = app;
    this.#headers = headers;
  }

  /** Sends `"METHOD /path"`. */
  async ask(what: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const [method = "", path = ""] = what.split(" ");
    const response = await this.#app.request(`${ORIGIN}${path}`, {
      method,
      headers: {
        host: new URL(ORIGIN).host,
        ...method !== "GET" && { origin: ORIGIN },
        ...body !== undefined && { "content-type": "application/json" },
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...this.#headers,
        ...headers,
      },
      ...body !== undefined && { body: JSON.stringify(body) },
    });
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") ?? false;
    return {
      status: response.status,
      body: isJson ? JSON.parse(text) : undefined,
      headers: response.headers,
    };
  }

  /** Status and problem code of a response; only the status if it is not a problem. */
  async outcome(what: string, body?: unknown, headers?: Record<string, string>): Promise<string> {
    const { status, body: answer } = await this.ask(what, body, headers);
    return [status, answer?.code].filter((part) => part !== undefined).join(" ");
  }

  #keep(cookie: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (/max-age=0/i.test(cookie)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
