import type { RouteContext } from "../context.ts";
import { ApiDescription } from "@tafelrunde/protocol/http";
import * as v from "valibot";
import css from "./docs.css" with { type: "text" };
import { renderDocs } from "./docs_page.ts";
import { describeApi, describeAt, type OpenApi } from "./openapi.ts";
import { requestOrigin } from "./origin.ts";
import { type Route, route } from "../route.ts";
import { sessionCookieName } from "./session_cookie.ts";

/** /v1/openapi.json and /v1/docs: the description of `routes` and of these, for programs and for people. */
export function docsRoutes(routes: readonly Route[], context: RouteContext): Route[] {
  let api: OpenApi | undefined;
  let page: string | undefined;
  const own: Route[] = [
    route({
      method: "GET",
      path: "/v1/openapi.json",
      tag: "service",
      summary: "Read this API description",
      access: "open",
      answer: ApiDescription,
    }, async ({ c }) => {
      c.header("cache-control", "no-cache");
      const sessionCookie = sessionCookieName(c, context.config);
      return { ...describeAt(describe(), { origin: await requestOrigin(c, context), sessionCookie }) };
    }),
    route({
      method: "GET",
      path: "/v1/docs",
      operation: "read",
      tag: "service",
      summary: "Read the API description as a page",
      access: "open",
      answer: v.string(),
      answerType: "text/html",
    }, async ({ c }) => {
      c.header("cache-control", "no-cache");
      return page ??= String(await renderDocs(describe()));
    }),
    route({
      method: "GET",
      path: "/v1/docs.css",
      tag: "service",
      summary: "Style sheet of the API page",
      access: "open",
      answer: v.string(),
      answerType: "text/css",
    }, ({ c }) => {
      c.header("cache-control", "no-cache");
      return css;
    }),
  ];
  const describe = () => api ??= describeApi([...routes, ...own]);
  return own;
}
