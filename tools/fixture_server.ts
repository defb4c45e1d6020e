import { extname } from "node:path";
import { ROOT } from "./places.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** The scenes of web/fixture/, served on 127.0.0.1. */
export interface FixtureServer extends AsyncDisposable {
  /**
   * "http://127.0.0.1:PORT/". Below it are the page, `fixture/fixture.html?scene=…&lang=…`, and the
   * portraits' module, `assets/portrait.js`.
   */
  readonly address: string;
}

/**
 * Builds web/fixture/ (3 s) and serves it. Vite's own development server is not used: it serves each module
 * separately, about a hundred per picture. Throws build errors.
 */
export async function serveFixture(): Promise<FixtureServer> {
  const { build } = await import("../web/node_modules/vite/dist/node/index.js");
  const { default: solid } = await import("../web/node_modules/vite-plugin-solid/dist/esm/index.mjs");
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-fixture-" });
  try {
    await build({
      root: `${ROOT}/web`,
      configFile: false,
      plugins: [solid()],
      logLevel: "error",
      build: {
        outDir: folder,
        emptyOutDir: true,
        target: "es2022",
        minify: false,
        reportCompressedSize: false,
        rolldownOptions: {
          input: {
            fixture: `${ROOT}/web/fixture/fixture.html`,
            portrait: `${ROOT}/web/fixture/portrait.ts`,
          },
          preserveEntrySignatures: "allow-extension",
          output: { entryFileNames: "assets/[name].js" },
        },
      },
    });
  } catch (error) {
    await Deno.remove(folder, { recursive: true });
    throw error;
  }
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url);
    const body = await Deno.readFile(`${folder}${decodeURIComponent(pathname)}`).catch(() => undefined);
    if (body === undefined) return new Response(null, { status: 404 });
    const headers = { "content-type": TYPES[extname(pathname)] ?? "application/octet-stream" };
    // Files with a hash in their name are cached by the browser.
    if (pathname.startsWith("/assets/")) {
      Object.assign(headers, { "cache-control": "max-age=3600, immutable" });
    }
    return new Response(body, { headers });
  });
  return {
    address: `http://127.0.0.1:${server.addr.port}/`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
