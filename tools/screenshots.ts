/**
 * Makes a picture of every page: `deno task screenshots [scene-or-prefix …]`.
 * Three widths, both themes, both languages, from the scenes in web/fixture/, into .cache/screenshots/.
 */
import { type Browser, chromium } from "playwright-core";
import { scenes } from "../web/fixture/scenes.ts";

const SIZES = [
  { width: 360, height: 740 },
  { width: 820, height: 1100 },
  { width: 1440, height: 900 },
];
const THEMES = ["light", "dark"] as const;
const LANGUAGES = ["en", "de"] as const;

/** What to click before the picture is taken, as a selector. */
const CLICKS: Readonly<Record<string, string>> = {
  chat: "nav button:last-of-type >> nth=-1",
  "chat-empty": "nav button:last-of-type >> nth=-1",
  "chat-long": "nav button:last-of-type >> nth=-1",
  participants: "nav button >> nth=1",
  devices: "nav button >> nth=0",
};

const OUT = new URL("../.cache/screenshots/", import.meta.url);

/** Vite's dev server for web/, on a free port; gives its address. */
async function serve() {
  const { createServer } = await import("../web/node_modules/vite/dist/node/index.js");
  const root = new URL("../web/", import.meta.url).pathname;
  const server = await createServer({
    root,
    configFile: `${root}vite.config.ts`,
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    logLevel: "warn",
  });
  await server.listen();
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error("vite has no address");
  return { address, [Symbol.asyncDispose]: () => server.close() };
}

async function shoot(browser: Browser, address: string, names: readonly string[]): Promise<void> {
  for (const viewport of SIZES) {
    for (const colorScheme of THEMES) {
      for (const language of LANGUAGES) {
        const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
        const page = await context.newPage();
        page.on("pageerror", (error) => console.error("page", page.url(), error));
        for (const name of names) {
          await page.goto(`${address}fixture/fixture.html?scene=${name}&lang=${language}`);
          await page.waitForSelector("h1, [role=status]");
          const click = CLICKS[name];
          if (click !== undefined) await page.locator(click).first().click();
          await page.mouse.move(1, 1);
          await page.waitForFunction(() =>
            [...document.querySelectorAll("video")].every((video) => video.readyState >= 2)
          );
          await page.evaluate(() => document.fonts.ready);
          await page.waitForTimeout(150);
          const file = new URL(`${name}-${viewport.width}-${colorScheme}-${language}.png`, OUT);
          await page.screenshot({ path: file.pathname, fullPage: true });
        }
        await context.close();
        console.log(`${viewport.width} px, ${colorScheme}, ${language}: ${names.length} pages`);
      }
    }
  }
}

if (import.meta.main) {
  const all = ["home", "notFound", ...Object.keys(scenes)];
  const wanted = Deno.args.length === 0
    ? all
    : all.filter((name) =>
      Deno.args.some((arg) => name === arg || (arg.endsWith("*") && name.startsWith(arg.slice(0, -1))))
    );
  await Deno.mkdir(OUT, { recursive: true });
  await using server = await serve();
  const browser = await chromium.launch({
    executablePath: Deno.env.get("CHROMIUM_BIN") ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
    ],
  });
  try {
    await shoot(browser, server.address, wanted);
  } finally {
    await browser.close();
  }
  console.log(`in ${OUT.pathname}`);
}
