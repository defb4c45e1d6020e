/// <reference lib="dom" />
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { serveGallery } from "../tools/gallery_server.ts";
import { TestBrowser } from "./browser_rig.ts";

let address: string;
let browser: TestBrowser;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  ({ address } = shared.use(await serveGallery()));
  browser = shared.use(await TestBrowser.launch());
});
Deno.test.afterAll(() => shared.disposeAsync());

const open = async (page: Page, scene: string) => {
  await page.goto(`${address}gallery/gallery.html?scene=${scene}&lang=en`);
  await page.locator("main").waitFor();
};

/** Waits until `element` has the focus. */
async function hasFocus(page: Page, element: Locator): Promise<void> {
  const handle = await element.elementHandle();
  await page.waitForFunction((one) => one === document.activeElement, handle).catch(async () => {
    const html = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 160));
    assert.fail(`the focus is on ${html}`);
  });
}

/** Reduces the waiting participants to these, by the beginning of their names. */
const wait = (page: Page, ...names: string[]) =>
  page.evaluate((names) => {
    const { waiting } = (globalThis as unknown as {
      galleryRoom: () => { waiting: Record<string, { name: string }> };
    }).galleryRoom();
    const left = Object.entries(waiting).filter(([, { name }]) => names.some((one) => name.startsWith(one)));
    dispatchEvent(new CustomEvent("gallery:room", { detail: { waiting: Object.fromEntries(left) } }));
  }, names);

const setLocal = (page: Page, local: Record<string, unknown>) =>
  page.evaluate((detail) => void dispatchEvent(new CustomEvent("gallery:local", { detail })), local);

const device = (state: string) => ({ state, deviceId: "", isSubstitute: false, isSilenced: false });

Deno.test("a focused element that is removed passes the focus on: to its counterpart in the next row, otherwise to its former container", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  const letIn = () => page.getByRole("button", { name: /^Let .* in$/ });
  const panel = page.getByRole("complementary", { name: "Participants" });
  await t.step("of waiting participants, admitted one by one with Enter", async () => {
    await open(page, "moderator");
    await anna.press("Participants");
    await letIn().first().waitFor();
    const names = (await letIn().evaluateAll((all) => all.flatMap((one) => one.ariaLabel ?? [])))
      .map((label) => label.slice(4, -3));
    assert.equal(names.length, 3);
    const [first, second, third] = names as [string, string, string];
    await anna.button(`Let ${second} in`).press("Enter");
    await wait(page, first, third);
    await hasFocus(page, anna.button(`Let ${third} in`));
    await wait(page, first);
    await hasFocus(page, anna.button(`Let ${first} in`));
    await wait(page);
    await hasFocus(page, panel);
  });
  await t.step("and a key that is still held down presses nothing more", async () => {
    await open(page, "moderator");
    await anna.press("Participants");
    await letIn().first().waitFor();
    const names = (await letIn().evaluateAll((all) => all.flatMap((one) => one.ariaLabel ?? [])))
      .map((label) => label.slice(4, -3));
    const [first, second, third] = names as [string, string, string];
    await anna.button(`Let ${first} in`).focus();
    await page.keyboard.down("Enter");
    await wait(page, second, third);
    await hasFocus(page, anna.button(`Let ${second} in`));
    const presses = await anna.button(`Let ${second} in`).evaluateHandle((button) => {
      const seen = { count: 0 };
      button.addEventListener("click", () => seen.count++);
      return seen;
    });
    for (let n = 0; n < 3; n++) await page.keyboard.down("Enter");
    assert.equal(await presses.evaluate(({ count }) => count), 0);
    await page.keyboard.up("Enter");
    await page.keyboard.press("Enter");
    assert.equal(await presses.evaluate(({ count }) => count), 1);
  });
  await t.step("of a participant who was declined, from the dialog", async () => {
    await open(page, "moderator");
    await anna.press("Participants");
    const decline = page.getByRole("button", { name: /^Do not let .* in$/ });
    const label = (await decline.first().getAttribute("aria-label"))!;
    const next = (await decline.nth(1).getAttribute("aria-label"))!;
    await decline.first().press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Decline", exact: true }).press("Enter");
    await hasFocus(page, page.getByRole("button", { name: label, exact: true }));
    const others = await decline.evaluateAll((all) =>
      all.slice(1).map((one) => one.ariaLabel!.slice(11, -3))
    );
    await wait(page, ...others);
    await hasFocus(page, page.getByRole("button", { name: next, exact: true }));
  });
  await t.step("of the notice about a waiting participant, once they are admitted", async () => {
    await open(page, "moderator-one");
    await anna.button("Let in").press("Enter");
    await wait(page);
    await hasFocus(page, page.locator("main"));
  });
  await t.step("of notices about devices, when they are closed", async () => {
    await open(page, "meeting-3");
    await anna.button("Leave meeting").waitFor();
    await setLocal(page, { microphone: device("lost"), camera: device("busy") });
    const close = page.locator("main").getByRole("button", { name: "Close", exact: true });
    await close.nth(1).waitFor();
    await close.first().press("Enter");
    await page.waitForFunction(
      (all) => document.querySelectorAll(all).length === 1,
      "main [role=status][data-tone=trouble]",
    );
    await hasFocus(page, close);
    await close.press("Enter");
    await close.waitFor({ state: "detached" });
    await hasFocus(page, page.locator("main"));
  });
  await t.step("of the notice about another device, when it is closed", async () => {
    await setLocal(page, { isSpeakerSubstitute: true });
    await page.locator("main").getByRole("button", { name: "Close", exact: true }).press("Enter");
    await hasFocus(page, page.locator("main"));
  });
  await t.step("of the button that plays blocked media, when it plays", async () => {
    await open(page, "sound-blocked");
    await page.locator("main button", { hasText: "Tap to hear the others" }).focus();
    await page.evaluate(() => document.activeElement!.remove());
    await hasFocus(page, page.locator("main"));
  });
  await t.step("of the notice in the lobby, when retrying has helped", async () => {
    await open(page, "lobby-denied");
    const again = anna.button("Try again");
    await again.press("Enter");
    await again.waitFor({ state: "detached" });
    await page.waitForFunction(() =>
      document.activeElement?.closest("main")?.contains(document.activeElement)
    );
  });
  await t.step("of a row of the dashboard", async () => {
    await open(page, "admin-groups");
    const rows = page.locator("main li");
    await rows.nth(1).waitFor();
    await rows.first().getByRole("button").last().focus();
    const next = (await rows.nth(1).getByRole("button").last().elementHandle())!;
    await rows.first().evaluate((row) => row.remove());
    await page.waitForFunction((one) => one === document.activeElement, next);
  });
});

Deno.test("a control left with the mouse passes on no focus when it is removed", async () => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await open(page, "moderator-one");
  const letIn = anna.button("Let in");
  await letIn.focus();
  await letIn.blur();
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  await wait(page);
  await letIn.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
});

/** Distance of a list from its end, CSS pixels. */
const fromEnd = (log: Locator) =>
  log.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight);

Deno.test("the chat stays at its end when its content grows, and at the current position when one reads elsewhere", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await open(page, "chat-long");
  if (await page.getByRole("log").count() === 0) await anna.press("Chat");
  const log = page.getByRole("log");
  await page.waitForFunction(() => {
    const list = document.querySelector("[role=log]")!;
    return list.scrollHeight > 2 * list.clientHeight && list.scrollTop > 0;
  });
  const isAtEnd = () =>
    page.waitForFunction(
      () => {
        const list = document.querySelector("[role=log]")!;
        return list.scrollHeight - list.scrollTop - list.clientHeight < 2;
      },
      undefined,
      { polling: 50 },
    );
  await t.step("with larger letters", async () => {
    const before = await log.evaluate((list) => list.scrollHeight);
    await page.evaluate(() => document.documentElement.style.fontSize = "150%");
    await page.waitForFunction(
      (before) => document.querySelector("[role=log]")!.scrollHeight > before,
      before,
    );
    await isAtEnd();
  });
  await t.step("with a longer translation", async () => {
    const before = await log.evaluate((list) => list.scrollHeight);
    await log.evaluate((list) => {
      for (const text of list.querySelectorAll("p[dir=auto]")) {
        text.append(" und noch viele Worte mehr".repeat(6));
      }
    });
    await page.waitForFunction(
      (before) => document.querySelector("[role=log]")!.scrollHeight > before,
      before,
    );
    await isAtEnd();
  });
  await t.step("but not for a user who reads above", async () => {
    await log.evaluate((list) => list.scrollTop = 300);
    await page.getByRole("button", { name: "New below" }).waitFor();
    await page.evaluate(() => document.documentElement.style.fontSize = "170%");
    await page.evaluate(() =>
      new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
    );
    assert.ok(await fromEnd(log) > 500);
  });
});

Deno.test("a multi-line field shows all its text at any width, where style sheets cannot do it", async () => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await page.addInitScript(() => {
    const supports = CSS.supports.bind(CSS);
    CSS.supports = ((...what: [string]) =>
      String(what[0]).includes("field-sizing") ? false : supports(...what)) as typeof CSS.supports;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("textarea { field-sizing: fixed !important; max-height: none !important }");
    document.adoptedStyleSheets = [sheet];
  });
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, "meeting-new");
  const field = page.locator("textarea").first();
  await field.waitFor();
  await field.fill("Many words that take several lines where there is little room. ".repeat(12));
  const isWhole = async (isNarrow: boolean) =>
    page.waitForFunction(([field, isNarrow]) => {
      const { scrollHeight, clientHeight, clientWidth } = field as HTMLTextAreaElement;
      return (clientWidth < 400) === isNarrow && scrollHeight <= clientHeight + 1;
    }, [await field.elementHandle(), isNarrow] as const);
  await isWhole(false);
  const before = await field.evaluate((one) => one.clientHeight);
  await page.setViewportSize({ width: 360, height: 780 });
  await isWhole(true);
  assert.ok(await field.evaluate((one) => one.clientHeight) > before);
  await page.setViewportSize({ width: 1440, height: 900 });
  await isWhole(false);
  assert.deepEqual(anna.faults, []);
});
