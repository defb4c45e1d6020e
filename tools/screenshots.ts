/// <reference lib="dom" />
/**
 * Takes a screenshot of every page: `deno task screenshots [--quick] [scene or prefix* …]`. Three widths,
 * both themes, both languages, from the scenes in web/gallery/, into .cache/screenshots/.
 */
import { type Language, LANGUAGES } from "@tafelrunde/protocol";
import { type Browser, chromium, type Page } from "playwright-core";
import { type GalleryServer, serveGallery } from "./gallery_server.ts";
import { CACHE } from "./places.ts";
import { findChromium } from "./setup/for_tests.ts";

const SIZES = [
  { width: 360, height: 740 },
  { width: 820, height: 1100 },
  { width: 1440, height: 900 },
];
const THEMES = ["light", "dark"] as const;

/** One visit to a page, for a picture in each of its themes. */
interface Visit {
  readonly scene: string;
  readonly viewport: (typeof SIZES)[number];
  readonly language: Language;
  readonly themes: readonly (typeof THEMES)[number][];
}

const visits = (scene: string): Visit[] =>
  SIZES.flatMap((viewport) => LANGUAGES.map((language) => ({ scene, viewport, language, themes: THEMES })));
/** Each size, theme and language once: for a first glance. */
const fewVisits = (scene: string): Visit[] => [
  { scene, viewport: SIZES[0]!, language: "de", themes: ["light"] },
  { scene, viewport: SIZES[1]!, language: "en", themes: ["dark"] },
  { scene, viewport: SIZES[2]!, language: "en", themes: ["light"] },
];

/** The button of the chat, in both languages. */
const CHAT = "role=button[name=/^Chat/]";

/** What to click before the picture is taken, as a selector. */
const CLICKS: Readonly<Record<string, string>> = {
  chat: CHAT,
  "chat-empty": CHAT,
  "chat-long": CHAT,
  "chat-world": CHAT,
  "chat-delete": CHAT,
  participants: "nav button >> nth=1",
  "several-devices": "nav button >> nth=1",
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

/** What to click after that. */
const SECOND_CLICKS: Readonly<Record<string, string>> = {
  "chat-delete": "[role=log] button >> nth=2",
  "moderator-person": "aside li button >> nth=2",
  "moderator-settings": "aside section button >> nth=-2",
  "moderator-end": "aside section button >> nth=-1",
};

const OUT = `${CACHE}/screenshots`;

/** The available scenes, as the gallery's own list names them. */
async function listScenes(browser: Browser, { address }: GalleryServer): Promise<string[]> {
  const page = await browser.newPage();
  await page.goto(`${address}gallery/gallery.html`);
  const links = page.locator("li > a");
  await links.first().waitFor();
  const names = await links.allTextContents();
  await page.close();
  return names;
}

/**
 * Resolves once a page is stable: every video plays, fonts are loaded, no finite animation runs, and all
 * changes are painted. Runs in the page.
 */
async function settle(): Promise<void> {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const isStill = () =>
    [...document.querySelectorAll("video")].every((video) =>
      video.readyState >= 2 && !("empty" in video.dataset)
    ) &&
    document.getAnimations().every(({ playState, effect }) =>
      playState !== "running" || effect?.getComputedTiming().endTime === Infinity
    );
  do {
    await document.fonts.ready;
    await frame();
    await frame();
  } while (!isStill());
}

/** Navigates an open page to a scene, and takes its pictures. */
async function shoot(page: Page, { address }: GalleryServer, visit: Visit): Promise<void> {
  const { scene, viewport, language, themes } = visit;
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme: themes[0]!, reducedMotion: "reduce" });
  await page.goto(`${address}gallery/gallery.html?scene=${scene}&lang=${language}`);
  await page.waitForSelector(scene === "direct" ? "[role=status]" : "main");
  for (const click of [CLICKS[scene], SECOND_CLICKS[scene]]) {
    if (click !== undefined) await page.locator(click).first().click();
  }
  await page.mouse.move(1, 1);
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(settle);
    const path = `${OUT}/${scene}-${viewport.width}-${colorScheme}-${language}.png`;
    await page.screenshot({ path, fullPage: true });
  }
}

/** Processes all visits on several pages of one browser in parallel; returns the number of pictures. */
async function shootAll(browser: Browser, server: GalleryServer, all: readonly Visit[]): Promise<number> {
  const queue = [...all];
  let pictures = 0;
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency + 1 }, async () => {
    const page = await (await browser.newContext()).newPage();
    page.on("pageerror", (error) => console.error("page", page.url(), error));
    for (let visit = queue.shift(); visit !== undefined; visit = queue.shift()) {
      await shoot(page, server, visit);
      pictures += visit.themes.length;
    }
  }));
  return pictures;
}

/** Whether `args` select it: by name, by "prefix*", or by being empty. */
function isWanted(name: string, args: readonly string[]): boolean {
  if (args.length === 0) return true;
  return args.some((arg) => arg.endsWith("*") ? name.startsWith(arg.slice(0, -1)) : name === arg);
}

if (import.meta.main) {
  const begunAt = Date.now();
  const isQuick = Deno.args.includes("--quick");
  const args = Deno.args.filter((arg) => arg !== "--quick");
  await Deno.mkdir(OUT, { recursive: true });
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error("no Chromium: CHROMIUM_BIN names one");
  await using server = await serveGallery();
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
    ],
  });
  try {
    const scenes = (await listScenes(browser, server)).filter((name) => isWanted(name, args));
    const pictures = await shootAll(browser, server, scenes.flatMap(isQuick ? fewVisits : visits));
    const seconds = Math.round((Date.now() - begunAt) / 1000);
    console.log(`${pictures} pictures of ${scenes.length} pages in ${OUT} (${seconds} s)`);
  } finally {
    await browser.close();
  }
}
