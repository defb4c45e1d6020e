/// <reference lib="dom" />
import assert from "node:assert/strict";
import { serveFixture } from "../tools/fixture_server.ts";
import { TestBrowser } from "./browser_rig.ts";

/** Has all names and titles that the server gives begin in Hebrew. Runs in a page ahead of its scripts. */
function speakHebrew(): void {
  const read = Response.prototype.text;
  Response.prototype.text = async function () {
    const text = await read.call(this);
    return text.replaceAll(/"(name|title|ownerName|description)":"(?=[^"])/g, '"$1":"שלום ');
  };
}

/** Texts of others that are not written in their own direction. Runs in the page. */
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

Deno.test("names, titles and descriptions of the dashboard are written in their own direction; its menu is beside the notch", async (t) => {
  await using server = await serveFixture();
  await using browser = await TestBrowser.launch();
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
      await page.goto(`${server.address}fixture/fixture.html?scene=${scene}&lang=en`);
      await page.locator("main").getByText("שלום").filter({ visible: true }).first().waitFor();
      assert.deepEqual(await page.evaluate(misdirected), []);
    });
  }
  await t.step("the menu, where it cannot be placed by its button", async () => {
    await page.goto(`${server.address}fixture/fixture.html?scene=meetings&lang=en`);
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
