import { Hono } from "hono";
import { serveStatic } from "hono/deno";
import type { Config } from "../config.ts";
import { ensureDevice } from "./device_cookie.ts";

/** The chunks that a page needs at once, as Vite's manifest names them. */
interface ManifestEntry {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

/** The pages and their files. Every page is the same document; what it shows follows from its path. */
export function webRoutes(config: Config): Hono {
  const { page, directPage } = readPages(config.WEB_DIR);
  const routes = new Hono();
  routes.use("/assets/*", async (c, next) => {
    await next();
    if (c.res.ok) c.header("cache-control", "public, max-age=31536000, immutable");
  }, serveStatic({ root: config.WEB_DIR, precompressed: true }));
  for (const path of ["/", "/r/:room"]) {
    routes.get(path, (c) => {
      ensureDevice(c, config);
      c.header("cache-control", "no-cache");
      return c.html(c.req.query("join") === undefined ? page : directPage);
    });
  }
  routes.get("*", serveStatic({ root: config.WEB_DIR, precompressed: true }));
  return routes;
}

/** The document as built, and the same for the direct way in: it names the call's chunks, so that they load beside the first. */
function readPages(webDir: string): { page: string; directPage: string } {
  const page = Deno.readTextFileSync(`${webDir}/index.html`);
  const manifest: Record<string, ManifestEntry> = JSON.parse(
    Deno.readTextFileSync(`${webDir}/.vite/manifest.json`),
  );
  const chunks = Object.values(manifest).filter((entry) =>
    entry.file.endsWith(".js") && !page.includes(entry.file)
  );
  const links = chunks.map(({ file }) => `<link rel="modulepreload" crossorigin href="/${file}">`).join("");
  return { page, directPage: page.replace("</head>", `${links}</head>`) };
}
