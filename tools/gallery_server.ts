import { extname } from "node:path";
import { CACHE, ROOT } from "./places.ts";
import { checksum } from "./setup/stamp.ts";

/** Where built gallerys are kept between runs, one folder per state of the sources. */
const FOLDER = `${CACHE}/gallery`;

/** Time without use after which a built gallery is removed, ms. */
const LEFT_BEHIND_MS = 14 * 24 * 60 * 60_000;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** The scenes of web/gallery/, served on 127.0.0.1. */
export interface GalleryServer extends AsyncDisposable {
  /**
   * "http://127.0.0.1:PORT/". Below it are the page, `gallery/gallery.html?scene=…&lang=…`, and the
   * portraits' module, `assets/portrait.js`.
   */
  readonly address: string;
}

/**
 * Serves the built web/gallery/. Vite's own development server is not used: it serves each module separately,
 * about a hundred per picture. Throws build errors.
 */
export async function serveGallery(): Promise<GalleryServer> {
  const folder = await builtGallery();
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
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/**
 * Gives the folder of the built gallery, which it builds (3 s) when the sources have changed since the last
 * build.
 */
async function builtGallery(): Promise<string> {
  const sources = await checksum(["web", "protocol", "deno.lock", "tools/gallery_server.ts"]);
  const folder = `${FOLDER}/${sources.slice(0, 16)}`;
  try {
    await Deno.utime(folder, new Date(), new Date());
    return folder;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await sweep();
  // Other processes can build the same at the same time: each uses its own folder, and the first one stays.
  const draft = `${FOLDER}/draft-${crypto.randomUUID()}`;
  try {
    await build(draft);
    await Deno.rename(draft, folder);
  } catch (error) {
    await Deno.remove(draft, { recursive: true }).catch(() => {});
    if (!await Deno.stat(folder).then(() => true, () => false)) throw error;
  }
  return folder;
}

async function build(outDir: string): Promise<void> {
  const { build } = await import("../web/node_modules/vite/dist/node/index.js");
  const { default: solid } = await import("../web/node_modules/vite-plugin-solid/dist/esm/index.mjs");
  await build({
    root: `${ROOT}/web`,
    configFile: false,
    plugins: [solid()],
    logLevel: "error",
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      minify: false,
      reportCompressedSize: false,
      rolldownOptions: {
        input: {
          gallery: `${ROOT}/web/gallery/gallery.html`,
          portrait: `${ROOT}/web/gallery/portrait.ts`,
        },
        preserveEntrySignatures: "allow-extension",
        output: { entryFileNames: "assets/[name].js" },
      },
    },
  });
}

/** Creates the folder and removes old galleries from it. Other processes can do the same at the same time. */
async function sweep(): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  for await (const { name } of Deno.readDir(FOLDER)) {
    try {
      const { mtime } = await Deno.stat(`${FOLDER}/${name}`);
      if (mtime && Date.now() - mtime.getTime() < LEFT_BEHIND_MS) continue;
      await Deno.remove(`${FOLDER}/${name}`, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
