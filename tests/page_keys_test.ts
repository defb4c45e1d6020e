/// <reference lib="dom" />
import assert from "node:assert/strict";
import { serveGallery } from "../tools/gallery_server.ts";
import { TestBrowser } from "./browser_rig.ts";

/**
 * Pressable elements of a page that Tab does not reach in Safari with its default settings: it skips links
 * without `tabindex`. Runs in the page. Solid keeps click handlers as `$$click`.
 */
function unreachable(): string[] {
  const isReached = (element: Element) =>
    element.closest("button, input, select, textarea, summary, label") !== null ||
    element.closest<HTMLElement>("[tabindex]")?.tabIndex === 0;
  return [...document.querySelectorAll<HTMLElement>("*")].flatMap((element) => {
    const isPressed = element.matches("a[href], [role=button]") || "$$click" in element && element.$$click;
    // A list's options are chosen with the arrow keys of its field; a press beside a dialog does the same as
    // Escape.
    const hasOtherWay = element.matches("[role=option], dialog, [popover], #root > div");
    return isPressed && !hasOtherWay && element.checkVisibility() && !isReached(element)
      ? [element.outerHTML.slice(0, 120)]
      : [];
  });
}

/** Safe area of a phone in landscape beside notch and home bar, CSS pixels. */
const PHONE = { width: 852, height: 393 };
const INSETS = { top: 0, left: 59, bottom: 21, right: 59 };

/** Usable elements that lie under them. Runs in the page. */
function covered([width, left, right]: readonly [number, number, number]): string[] {
  return [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, dialog, h1")]
    .flatMap(
      (element) => {
        const box = element.getBoundingClientRect();
        const scrolls = (one: HTMLElement | null): boolean =>
          one !== null && one !== document.body &&
          (one.scrollWidth > one.clientWidth + 1 || scrolls(one.parentElement));
        const isSeen = element.checkVisibility() && box.width > 1 && !element.matches("input[type=radio]") &&
          element.closest("[inert]") === null && !scrolls(element.parentElement);
        const isFree = box.left >= left - 1 && box.right <= width - right + 1;
        return isSeen && !isFree ? [`${element.outerHTML.slice(0, 80)}: ${box.left} to ${box.right}`] : [];
      },
    );
}

let address: string;
let browser: TestBrowser;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  ({ address } = shared.use(await serveGallery()));
  browser = shared.use(await TestBrowser.launch());
});
Deno.test.afterAll(() => shared.disposeAsync());

Deno.test("every action without an alternative is a button, or a link that Safari's Tab reaches, beside the notch", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  const list = `${address}gallery/gallery.html`;
  await page.setViewportSize(PHONE);
  const client = await page.context().newCDPSession(page);
  await client.send("Emulation.setSafeAreaInsetsOverride", { insets: INSETS });
  await page.goto(list);
  await page.locator("li > a").first().waitFor();
  const scenes = await page.locator("li > a").allTextContents();
  for (const scene of scenes.filter((scene) => !/^(meeting-\d+|direct)$/.test(scene))) {
    await t.step(scene, async () => {
      await page.goto(`${list}?scene=${scene}&lang=en`);
      await page.locator("main, [role=status]").first().waitFor();
      await page.waitForFunction(() => document.querySelector("a[href], button") !== null);
      if (scene.startsWith("chat")) await anna.press("Chat");
      await page.evaluate(() => document.querySelector<HTMLElement>("header button[popovertarget]")?.click());
      assert.deepEqual(await page.evaluate(unreachable), []);
      assert.deepEqual(await page.evaluate(covered, [PHONE.width, INSETS.left, INSETS.right] as const), []);
    });
  }
});

Deno.test("a dialog that the browser closes by itself is closed", async () => {
  await using anna = await browser.newPerson("Anna");
  await anna.page.goto(`${address}gallery/gallery.html?scene=moderator&lang=en`);
  await anna.press("Participants");
  for (const button of ["Devices", "Options for Anna Lindqvist", "Room settings", "Room settings"]) {
    await anna.press(button);
    // Android's back gesture, and a second Escape of a user who has not touched the page since.
    await anna.page.getByRole("dialog").evaluate((dialog) => (dialog as HTMLDialogElement).close());
    await anna.page.locator("dialog").waitFor({ state: "detached" });
  }
});
