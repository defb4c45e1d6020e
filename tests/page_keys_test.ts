/// <reference lib="dom" />
import assert from "node:assert/strict";
import { serveFixture } from "../tools/fixture_server.ts";
import { TestBrowser } from "./browser_rig.ts";

/**
 * What on a page can be pressed and is not reached by Tab in Safari as it is set when it is new: it goes past links that do not say
 * `tabindex`. Runs in the page. Solid keeps what a click does as `$$click`.
 */
function unreachable(): string[] {
  const isReached = (element: Element) =>
    element.closest("button, input, select, textarea, summary, label") !== null ||
    element.closest<HTMLElement>("[tabindex]")?.tabIndex === 0;
  return [...document.querySelectorAll<HTMLElement>("*")].flatMap((element) => {
    const isPressed = element.matches("a[href], [role=button]") || "$$click" in element && element.$$click;
    // A list's options are chosen by the arrow keys of its field; a press beside a dialog does what Escape does.
    const hasOtherWay = element.matches("[role=option], dialog, [popover], #root > div");
    return isPressed && !hasOtherWay && element.checkVisibility() && !isReached(element)
      ? [element.outerHTML.slice(0, 120)]
      : [];
  });
}

Deno.test("every action that has no other way is a button, or a link that Safari's Tab does not go past", async (t) => {
  await using server = await serveFixture();
  await using browser = await TestBrowser.launch();
  await using anna = await browser.newPerson("Anna");
  const { page } = anna;
  const list = `${server.address}fixture/fixture.html`;
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
    });
  }
});

Deno.test("a dialog that the browser closes by itself is closed", async () => {
  await using server = await serveFixture();
  await using browser = await TestBrowser.launch();
  await using anna = await browser.newPerson("Anna");
  await anna.page.goto(`${server.address}fixture/fixture.html?scene=moderator&lang=en`);
  await anna.press("Participants");
  for (const button of ["Devices", "Options for Anna Lindqvist", "Room settings", "Room settings"]) {
    await anna.press(button);
    // Android's way back, and a second Escape of somebody who has not touched the page since.
    await anna.page.getByRole("dialog").evaluate((dialog) => (dialog as HTMLDialogElement).close());
    await anna.page.locator("dialog").waitFor({ state: "detached" });
  }
});
