import { DASHBOARD_PATHS, isLanguage, type Language, LANGUAGES, ROOM_PATH } from "@tafelrunde/protocol";
import { accepts, acceptsLanguages } from "@std/http/negotiation";
import { type Context, Hono } from "hono";
import type { Config } from "../config.ts";
import { ensureDevice } from "./device_cookie.ts";
import type { WebFiles } from "./web_files.ts";

/** What the fast path for joining needs besides the page's own script, by its source in web/. */
const DIRECT_CHUNKS = [
  "src/call/media.ts",
  "src/behind_lobby.ts",
  "src/room/MeetingShell.tsx",
  "src/feature_slots.ts",
];

/** Paths of pages, besides rooms. */
const PAGES = [
  "/",
  ...Object.entries(DASHBOARD_PATHS).map(([first, { more }]) => more ? `/${first}/*` : `/${first}`),
];

/**
 * Vite's manifest (`web/dist/.vite/manifest.json`): chunks by their source, with the keys of their imports.
 */
type Manifest = Readonly<
  Record<string, { readonly file: string; readonly imports?: readonly string[] } | undefined>
>;

/** The pages and their files. Every page is the same document; its path decides what it shows. */
export function webRoutes(config: Config, files: WebFiles): Hono {
  const pageOf = readPages(config.WEB_DIR);
  const routes = new Hono();
  const page = (c: Context, status: 200 | 404) => {
    ensureDevice(c, config);
    c.header("cache-control", "no-cache");
    c.header("vary", "accept-language");
    return c.html(pageOf(languageOf(c), c.req.query("join") !== undefined), status);
  };
  routes.get("/assets/*", async (c, next) => {
    const answer = files.answer(c);
    if (answer === undefined) return await next();
    answer.headers.set("cache-control", "public, max-age=31536000, immutable");
    return answer;
  });
  for (const path of PAGES) routes.get(path, (c) => page(c, 200));
  routes.get("*", async (c, next) => {
    if (ROOM_PATH.test(new URL(c.req.url).pathname)) return page(c, 200);
    const answer = files.answer(c);
    if (answer !== undefined) return answer;
    // A mistyped path gets the app, which shows a friendly error; a program that requests anything else gets
    // a problem.
    if (accepts(c.req.raw, "application/json", "text/html") === "text/html") return page(c, 404);
    return await next();
  });
  return routes;
}

function languageOf(c: Context): Language {
  const wished = c.req.query("lang") ?? acceptsLanguages(c.req.raw, ...LANGUAGES);
  return wished !== undefined && isLanguage(wished) ? wished : LANGUAGES[0];
}

/** The chunks of the fast path in one language. */
export function directChunks(language: Language): string[] {
  return [...DIRECT_CHUNKS, `src/i18n/${language}.ts`, `src/i18n/${language}_room.ts`];
}

/** The built document in each language; for the fast path it also preloads the call's chunks. */
function readPages(webDir: string): (language: Language, isDirect: boolean) => string {
  const built = Deno.readTextFileSync(`${webDir}/index.html`);
  const manifest: Manifest = JSON.parse(Deno.readTextFileSync(`${webDir}/.vite/manifest.json`));
  const pages = new Map(LANGUAGES.map((language) => {
    const page = built.replace('<html lang="en">', `<html lang="${language}">`);
    const files = directChunks(language).reduce(
      (found, source) => filesOf(manifest, source, found),
      new Set<string>(),
    );
    const links = [...files].filter((file) => !built.includes(`"/${file}"`)).map((file) =>
      `<link rel="modulepreload" crossorigin href="/${file}">`
    );
    return [language, { plain: page, direct: page.replace("</head>", `${links.join("")}</head>`) }];
  }));
  return (language, isDirect) => pages.get(language)![isDirect ? "direct" : "plain"];
}

/**
 * Adds the files of a chunk and of all its imports to `found`, so that browsers need not discover them one by
 * one.
 */
function filesOf(manifest: Manifest, key: string, found: Set<string>): Set<string> {
  const chunk = manifest[key];
  if (chunk === undefined || found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const imported of chunk.imports ?? []) filesOf(manifest, imported, found);
  return found;
}
