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

/** Changes a made-up room: the slices of its state that `change` returns replace the former ones. */
async function happens(page: Page, change: (room: Record<string, Record<string, unknown>>) => unknown) {
  await page.evaluate(async (change) => {
    const room = (globalThis as unknown as { galleryRoom: () => unknown }).galleryRoom();
    const detail = new Function("room", `return (${change})(room)`)(structuredClone(room));
    dispatchEvent(new CustomEvent("gallery:room", { detail }));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }, `${change}`);
}

/** Focuses `control`, calls `happen`, and checks that the very same element still has the focus. */
async function keepsFocus(control: Locator, happen: () => Promise<void>): Promise<void> {
  await control.focus();
  const element = (await control.elementHandle())!;
  await happen();
  assert.ok(await element.evaluate((one) => one.isConnected), "its row was made anew");
  assert.ok(await element.evaluate((one) => one === document.activeElement), "the focus is lost");
}

Deno.test("rows keep their elements and the focus: of the dashboard, when its lists are reloaded", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await page.addInitScript(() => {
    const every: (() => void)[] = [];
    const set = globalThis.setInterval;
    // Periodic work of once a minute runs when the test triggers it.
    globalThis.setInterval = ((act: () => void, ms: number) =>
      ms === 60_000 ? (every.push(act), 0) : set(act, ms)) as typeof setInterval;
    Object.assign(globalThis, {
      minutePasses: () =>
        every.forEach((act) => act()),
    });
  });
  const minutePasses = () =>
    page.evaluate(async () => {
      (globalThis as unknown as { minutePasses: () => void }).minutePasses();
      for (let frame = 0; frame < 10; frame++) await new Promise(requestAnimationFrame);
    });
  await open(page, "meetings");
  for (const role of ["link", "button"] as const) {
    await t.step(`a ${role} of a future meeting`, async () => {
      await keepsFocus(page.locator("main section li").last().getByRole(role).first(), minutePasses);
    });
  }
  await t.step("a failed reload leaves the rows in place", async () => {
    const rows = page.locator("main section li");
    const before = await rows.count();
    await page.evaluate(() => globalThis.fetch = () => Promise.reject(new TypeError("offline")));
    await minutePasses();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    assert.equal(await rows.count(), before);
  });
});

Deno.test("rows keep their elements and the focus: of a meeting, when people, hands and screens come, go and move", async (t) => {
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  await t.step("people, when a hand moves their row up", async () => {
    await open(page, "moderator-one");
    await anna.press("Participants");
    await keepsFocus(
      anna.button("Options for Ceylan Yıldız"),
      () =>
        happens(page, ({ hand, participants }) => {
          const ceylan = Object.values(participants!).find((one) =>
            (one as { name: string }).name.startsWith("C")
          );
          return { hand: { ...hand, [(ceylan as { id: string }).id]: 1 } };
        }),
    );
  });
  await t.step("waiting participants, when they are away for a moment, and when another comes", async () => {
    await open(page, "moderator");
    await anna.press("Participants");
    await keepsFocus(anna.button("Let Ines Kovač in"), () =>
      happens(page, ({ waiting }) => {
        const all = Object.values(waiting!) as { id: string; persons: string[]; name: string }[];
        const more = { ...all[0]!, id: "z".repeat(26), persons: ["z".repeat(16)], name: "Zoe" };
        const others = all.map((one) => ({ ...one, presence: "away" }));
        return { waiting: Object.fromEntries([...others, more].map((one) => [one.id, one])) };
      }));
    await anna.button("Let Zoe in").waitFor();
  });
  await t.step("the selection of a screen, when a snapshot replaces all tracks", async () => {
    await open(page, "screen-two");
    await keepsFocus(
      anna.button("Anna Lindqvist's screen"),
      () => happens(page, ({ tracks }) => ({ tracks })),
    );
  });
});

Deno.test("a list shows the current value when a choice is refused, without losing the focus", async () => {
  await using anna = await browser.newPerson("Anna");
  await open(anna.page, "admin-people");
  const role = anna.page.getByRole("combobox").first();
  const before = await role.inputValue();
  await role.selectOption(before === "admin" ? "member" : "admin");
  await anna.page.locator("main [data-tone=trouble]").first().waitFor();
  await anna.page.waitForFunction(
    ([list, value]) => (list as HTMLSelectElement).value === value,
    [await role.elementHandle(), before] as const,
  );
});
