/// <reference lib="dom" />
import assert from "node:assert/strict";
import { serveGallery } from "../tools/gallery_server.ts";
import { TestBrowser } from "./browser_rig.ts";

/** Makes all names and titles from the server begin in Hebrew. Runs in a page before its scripts. */
function speakHebrew(): void {
  const read = Response.prototype.text;
  Response.prototype.text = async function () {
    const text = await read.call(this);
    return text.replaceAll(/"(name|title|ownerName|description)":"(?=[^"])/g, '"$1":"שלום ');
  };
}

/** Texts of other people that are not displayed in their own direction. Runs in the page. */
function misdirected(): string[] {
  const walker = document.createTreeWalker(
    document.querySelector("main")!.parentElement!,
    NodeFilter.SHOW_TEXT,
  );
  const found: string[] = [];
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const owner = node.parentElement!;
    if (
      !/^\s*שלום/.test(node.textContent ?? "") || !owner.checkVisibility() ||
      owner.closest(".heard, svg, option")
    ) continue;
    if (getComputedStyle(owner).direction !== "rtl") found.push(owner.outerHTML.slice(0, 120));
  }
  return found;
}

/**
 * A name that begins in Hebrew and ends in characters without direction, which would otherwise affect the
 * words after it.
 */
const HEBREW = "\u05e9\u05dc\u05d5\u05dd (5)";

let address: string;
let browser: TestBrowser;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  ({ address } = shared.use(await serveGallery()));
  browser = shared.use(await TestBrowser.launch());
});
Deno.test.afterAll(() => shared.disposeAsync());

Deno.test("a right-to-left name is isolated in a sentence, and unchanged in accessible names", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  const open = async (scene: string, lang: string) => {
    await page.goto(`${address}gallery/gallery.html?scene=${scene}&lang=${lang}`);
    await page.locator("main").waitFor();
    // Everyone's name but one's own.
    await page.evaluate((name) => {
      interface Named {
        readonly [id: string]: { readonly name: string };
      }
      const room = (globalThis as unknown as { galleryRoom: () => { participants: Named; waiting: Named } })
        .galleryRoom();
      const named = (all: Named) =>
        Object.fromEntries(
          Object.entries(all).map(([id, one], at) => [id, { ...one, name: at < 3 ? name : one.name }]),
        );
      const detail = { participants: named(room.participants), waiting: named(room.waiting) };
      dispatchEvent(new CustomEvent("gallery:room", { detail }));
    }, HEBREW);
  };
  /** The positions of the name and of the words after it, from the left. */
  const places = (sentence: string, word: string) =>
    page.getByText(sentence, { exact: true }).filter({ visible: true }).last().evaluate(
      (element, [name, word]) => {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        const whole = [];
        for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
          const text = node.textContent ?? "";
          if (!text.includes(name!) || !text.includes(word!)) continue;
          for (const part of [name!, word!]) {
            const range = document.createRange();
            range.setStart(node, text.indexOf(part));
            range.setEnd(node, text.indexOf(part) + part.length);
            whole.push(range.getBoundingClientRect().left, range.getBoundingClientRect().right);
          }
        }
        return whole;
      },
      [HEBREW, word],
    );
  const isolated = `\u2068${HEBREW}\u2069`;
  const inOrder = async (sentence: string, word: string) => {
    const [, nameEnds, wordBegins] = await places(sentence, word);
    assert.ok(nameEnds! <= wordBegins! + 1, `${word} begins at ${wordBegins}, the name ends at ${nameEnds}`);
  };

  await t.step("a participant who asks to join", async () => {
    await open("moderator-one", "en");
    await inOrder(`${isolated} would like to join.`, "would");
    await open("moderator-one", "de");
    await inOrder(`${isolated} möchte teilnehmen.`, "möchte");
  });
  await t.step("a dialog's title, and the buttons that open it", async () => {
    await open("moderator-one", "de");
    await page.getByRole("button", { name: /^Personen|^Teilnehmende|^Teilnehmer/ }).first().click();
    const decline = page.getByRole("button", { name: `${HEBREW} nicht einlassen`, exact: true });
    await decline.click();
    await inOrder(`${isolated} nicht einlassen?`, "nicht");
  });
  await t.step("a shared screen and its selection", async () => {
    await open("screen-two", "en");
    await page.getByRole("group", { name: `${HEBREW}'s screen`, exact: true }).waitFor();
    await inOrder(`${isolated}'s screen`, "screen");
  });
});

Deno.test("names, titles and descriptions on the dashboard have their own direction; its menu is beside the notch", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await page.addInitScript(speakHebrew);
  const client = await page.context().newCDPSession(page);
  await page.setViewportSize({ width: 852, height: 393 });
  await client.send("Emulation.setSafeAreaInsetsOverride", {
    insets: { top: 20, left: 59, bottom: 21, right: 59 },
  });
  for (
    const scene of [
      "meetings",
      "meeting-invited",
      "meeting-people",
      "admin-people",
      "admin-groups",
    ]
  ) {
    await t.step(scene, async () => {
      await page.goto(`${address}gallery/gallery.html?scene=${scene}&lang=en`);
      await page.locator("main").getByText("שלום").filter({ visible: true }).first().waitFor();
      assert.deepEqual(await page.evaluate(misdirected), []);
    });
  }
  await t.step("the menu, if it cannot be anchored to its button", async () => {
    await page.goto(`${address}gallery/gallery.html?scene=meetings&lang=en`);
    await page.locator("header button[popovertarget]").waitFor();
    await page.evaluate(() => {
      for (const sheet of document.styleSheets) {
        for (let at = sheet.cssRules.length - 1; at >= 0; at--) {
          if (sheet.cssRules[at] instanceof CSSSupportsRule) sheet.deleteRule(at);
        }
      }
      document.querySelector<HTMLElement>("header button[popovertarget]")!.click();
    });
    const menu = (await page.locator("[popover]").boundingBox())!;
    assert.ok(menu.x + menu.width <= 852 - 59, `to ${menu.x + menu.width}`);
    assert.ok(menu.y >= 20 + 64, `from ${menu.y}`);
  });
});
