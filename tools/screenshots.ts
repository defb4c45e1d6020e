/**
 * Makes a picture of every page: `deno task screenshots [--quick] [scene or prefix* …]`.
 * Three widths, both themes, both languages, from the scenes in web/fixture/, into .cache/screenshots/.
 */
import { type Browser, chromium } from "playwright-core";

const SIZES = [
  { width: 360, height: 740 },
  { width: 820, height: 1100 },
  { width: 1440, height: 900 },
];
const THEMES = ["light", "dark"] as const;
const LANGUAGES = ["en", "de"] as const;

interface Look {
  readonly viewport: (typeof SIZES)[number];
  readonly colorScheme: (typeof THEMES)[number];
  readonly language: (typeof LANGUAGES)[number];
}

const LOOKS: readonly Look[] = SIZES.flatMap((viewport) =>
  THEMES.flatMap((colorScheme) => LANGUAGES.map((language) => ({ viewport, colorScheme, language })))
);
/** Each size, theme and language once: for a first glance. */
const FEW_LOOKS: readonly Look[] = [LOOKS[1]!, LOOKS[6]!, LOOKS[8]!];

/** What to click before the picture is taken, as a selector. */
const CLICKS: Readonly<Record<string, string>> = {
  chat: "nav button:last-of-type >> nth=-1",
  "chat-empty": "nav button:last-of-type >> nth=-1",
  "chat-long": "nav button:last-of-type >> nth=-1",
  participants: "nav button >> nth=1",
  devices: "nav button >> nth=0",
  "meeting-new-series": "fieldset label >> nth=1",
  "meeting-occurrence": "li button[data-look=quiet] >> nth=2",
  "meeting-cancel": "main button[data-look=danger] >> nth=-1",
  "meeting-links-new": "section >> nth=1 >> button >> nth=0",
  "account-menu": "header button[popovertarget]",
  "account-email": "section >> nth=1 >> button",
  "account-delete": "main button[data-look=danger]",
  "account-codes": "section >> nth=2 >> button",
  "admin-keys-new": "main button[data-look=primary]",
  "admin-invite": "main button[data-look=primary]",
  "admin-members": "li button >> nth=0",
  moderator: "nav button >> nth=1",
  "moderator-person": "nav button >> nth=1",
  "moderator-settings": "nav button >> nth=1",
  "moderator-end": "nav button >> nth=1",
  reactions: "section > div > span > button",
};

/** In the page. */
const ALL_VIDEOS_PLAY =
  `[...document.querySelectorAll("video")].every((video) => video.readyState >= 2 && !("empty" in video.dataset))`;

/** What to click after that. */
const SECOND_CLICKS: Readonly<Record<string, string>> = {
  "moderator-person": "aside li button >> nth=2",
  "moderator-settings": "aside section button >> nth=-2",
  "moderator-end": "aside section button >> nth=-1",
};

const OUT = new URL("../.cache/screenshots/", import.meta.url);

/** Vite's dev server for web/ and the scenes in web/fixture/, on a free port; gives its address. */
export async function serveFixture() {
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

/** The scenes that there are, as the fixture's own list names them. */
async function listScenes(browser: Browser, address: string): Promise<string[]> {
  const page = await browser.newPage();
  await page.goto(`${address}fixture/fixture.html`);
  const links = page.locator("li > a");
  await links.first().waitFor();
  const names = await links.allTextContents();
  await page.close();
  return names;
}

async function shoot(browser: Browser, address: string, names: readonly string[], looks: readonly Look[]) {
  for (const { viewport, colorScheme, language } of looks) {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error("page", page.url(), error));
    for (const name of names) {
      await page.goto(`${address}fixture/fixture.html?scene=${name}&lang=${language}`);
      await page.waitForSelector(name === "direct" ? "[role=status]" : "main");
      const click = CLICKS[name];
      if (click !== undefined) await page.locator(click).first().click();
      const second = SECOND_CLICKS[name];
      if (second !== undefined) await page.locator(second).first().click();
      await page.mouse.move(1, 1);
      await page.waitForFunction(ALL_VIDEOS_PLAY);
      await page.evaluate("document.fonts.ready");
      await page.waitForTimeout(150);
      const file = new URL(`${name}-${viewport.width}-${colorScheme}-${language}.png`, OUT);
      await page.screenshot({ path: file.pathname, fullPage: true });
    }
    await context.close();
    console.log(`${viewport.width} px, ${colorScheme}, ${language}: ${names.length} pages`);
  }
}

/** Whether `args` name it: exactly, by "prefix*", or by being none. */
function isWanted(name: string, args: readonly string[]): boolean {
  if (args.length === 0) return true;
  return args.some((arg) => arg.endsWith("*") ? name.startsWith(arg.slice(0, -1)) : name === arg);
}

if (import.meta.main) {
  const isQuick = Deno.args.includes("--quick");
  const args = Deno.args.filter((arg) => arg !== "--quick");
  await Deno.mkdir(OUT, { recursive: true });
  await using server = await serveFixture();
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
    const names = await listScenes(browser, server.address);
    await shoot(
      browser,
      server.address,
      names.filter((name) => isWanted(name, args)),
      isQuick ? FEW_LOOKS : LOOKS,
    );
  } finally {
    await browser.close();
  }
  console.log(`in ${OUT.pathname}`);
}
