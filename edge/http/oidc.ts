import type { RouteContext } from "../context.ts";
import { type Context, Hono } from "hono";
import { beginSignIn, endSignIn, safeReturnTo } from "../identity/oidc/flow.ts";
import type { ProviderConfig } from "../identity/oidc/provider_config.ts";
import { readCaller } from "./caller.ts";
import { ensureDevice, readDevice } from "./device_cookie.ts";
import { limitBy } from "./limit.ts";
import { requestOrigin } from "./origin.ts";
import { codeOf, unknown } from "./problem.ts";
import { signIn } from "./sign_in.ts";

/** /v1/auth/oidc/{provider} and its /callback: browsers navigate to these and are redirected. */
export function oidcRoutes(context: RouteContext): Hono {
  const { config } = context;
  const routes = new Hono();
  routes.use(limitBy(context, "api.address"));
  const providerOf = (c: Context): ProviderConfig => {
    const provider = context.providers.find(c.req.param("provider") ?? "");
    if (provider === undefined) throw unknown("provider");
    return provider;
  };
  // Absolute, whatever the path: "//host" would be another site.
  const go = async (c: Context, path: string) => c.redirect(`${await requestOrigin(c, context)}${path}`, 302);

  // These routes are shown in the browser's window: redirect server faults to a page that explains them.
  routes.use(async (c, next) => {
    await next();
    if (c.error === undefined || c.res.status < 500) return;
    const problem = codeOf(c.error) ?? "internal";
    const location = `/signin?problem=${problem}`;
    c.res = undefined;
    c.res = new Response(null, { status: 302, headers: { location, "cache-control": "no-store" } });
  });

  routes.get("/:provider", async (c) => {
    const provider = providerOf(c);
    const origin = await requestOrigin(c, context);
    const caller = await readCaller(c);
    const url = await beginSignIn(context, provider, origin, {
      device: ensureDevice(c, config),
      returnTo: safeReturnTo(c.req.query("returnTo"), origin),
      isProof: caller.kind === "account",
    });
    c.header("cache-control", "no-store");
    return c.redirect(url.href, 302);
  });

  routes.get("/:provider/callback", async (c) => {
    const provider = providerOf(c);
    const asked = new URL(c.req.url);
    const url = new URL(`${await requestOrigin(c, context)}${asked.pathname}${asked.search}`);
    const returned = await endSignIn(context, provider, url, readDevice(c, config));
    c.header("cache-control", "no-store");
    if (typeof returned === "string") return await go(c, `/signin?problem=${returned}`);
    const { account, session, provedAt, returnTo } = returned;
    await signIn(c, context, account, { method: provider.id, provedAt, provider: session });
    return await go(c, returnTo);
  });
  return routes;
}
