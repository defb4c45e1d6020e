import { Buffer } from "node:buffer";
import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import * as v from "valibot";
import { refusalError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import type { RouteContext } from "../context.ts";
import { hashSecret } from "../identity/secret.ts";
import { findAllowedCaller, nameOf } from "./access.ts";
import { clientAddress } from "./address.ts";
import { parseBody, readText } from "./body.ts";
import { actOnce, type KeptAnswer, readIdempotencyKey } from "./idempotency.ts";
import { parseInput, parseParams, parseQuery } from "./input.ts";
import { slowWrong, tellPoint } from "./limit.ts";
import { refuseForeignOrigin } from "./origin.ts";
import { isKnown, readIfMatch, withPresent } from "./precondition.ts";
import { fieldProblem, ProblemError } from "./problem.ts";
import { type AnyDeclaration, bodyTypesOf, type Reply, type Route } from "../route.ts";

/** Bytes of a stored answer besides its body: its row, its headers, the index entry. */
const KEPT_BYTES = 500;

/** Serves `routes`; any other method on their paths gets 405. */
export function serveRoutes(app: Hono, routes: readonly Route[], context: RouteContext): void {
  const methods = new Map<string, string[]>();
  for (const route of routes) {
    const path = honoPath(route.declaration.path);
    app.on(route.declaration.method, path, handlerOf(route, context));
    methods.set(path, [...methods.get(path) ?? [], route.declaration.method]);
  }
  for (const [path, allowed] of methods) {
    app.all(path, () => {
      throw new ProblemError(405, "method.unknown", "This path does not support this method.", {
        headers: { allow: allowed.join(", ") },
      });
    });
  }
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function handlerOf(route: Route, context: RouteContext): (c: Context) => Promise<Response> {
  const { declaration } = route;
  const { body, ifMatch, method } = declaration;
  const params = v.object(declaration.params ?? {});
  const query = v.strictObject(declaration.query ?? {});
  const status = declaration.status ?? (declaration.answer === undefined ? 204 : 200);
  return async (c) => {
    c.header("cache-control", "no-store");
    if (!declaration.takesForeignOrigin) await refuseForeignOrigin(c, context);
    const caller = await slowWrong(
      context.limits,
      clientAddress(c, context),
      "key.unknown",
      () => findAllowedCaller(c, declaration),
    );
    await countRequest(c, caller, declaration, context);
    const asked = {
      caller,
      params: parseParams(params, c),
      query: parseQuery(query, c),
      c,
    };
    const versions = ifMatch ? readIfMatch(c) : undefined;
    const text = body === undefined ? "" : await readText(c);
    const parsed = body && parseInput(body, parseBody(c, text, bodyTypesOf(declaration)), "body");
    const act = () => withPresent(versions, (version) => route.answer({ ...asked, version, body: parsed }));
    const key = method === "GET" ? undefined : readIdempotencyKey(c);
    if (key === undefined) {
      const reply = await act();
      return reply instanceof Response ? reply : respond(c, keep(reply, status, declaration));
    }
    if (caller.kind === "nobody") {
      throw fieldProblem({ in: "header", name: "idempotency-key", reason: "signIn.needed" });
    }
    // Only path and query: a repeated request can come through another proxy, with another host name.
    const { pathname, search } = new URL(c.req.url);
    const requestHash = hashSecret(JSON.stringify([method, pathname + search, text]));
    const name = nameOf(caller);
    const kept = await actOnce(context, { caller: name, key }, requestHash, async () => {
      // The answer's size is only known afterwards: any points left are enough for one answer.
      const spent = await context.limits.take("stored.answer", name, 0);
      if (spent !== undefined) throw refusalError(spent);
      const reply = await act();
      if (reply instanceof Response) throw new TypeError(`${declaration.path} cannot be asked with a key`);
      const answer = keep(reply, status, declaration);
      await context.limits.take("stored.answer", name, KEPT_BYTES + Buffer.byteLength(answer.body ?? ""));
      return answer;
    });
    return respond(c, kept);
  };
}

async function countRequest(
  c: Context,
  caller: Caller,
  { limit }: AnyDeclaration,
  context: RouteContext,
): Promise<void> {
  const { limits } = context;
  if (limit === null) return;
  if (caller.kind === "nobody") {
    const name = limit ?? "api.address";
    tellPoint(c, name, await limits.drawOf(name, clientAddress(c, context)));
  } else {
    const name = limit ?? "api.caller";
    tellPoint(c, name, await limits.draw(name, nameOf(caller)));
  }
}

/** The reply as it is sent. */
function keep({ answer, headers }: Reply, status: number, { answerType }: AnyDeclaration): KeptAnswer {
  if (answer === undefined) return { status, headers, body: null };
  const type = answerType === undefined ? "application/json" : `${answerType}; charset=UTF-8`;
  return {
    status,
    headers: { ...headers, "content-type": type },
    body: answerType === undefined ? JSON.stringify(answer) : String(answer),
  };
}

function respond(c: Context, { status, headers, body }: KeptAnswer): Response {
  const { etag } = headers;
  if (c.req.method === "GET" && etag !== undefined && isKnown(c, etag)) return c.body(null, 304, { etag });
  return c.newResponse(body, status as ContentfulStatusCode, headers);
}
