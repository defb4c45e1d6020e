/// <reference lib="dom" />
import assert from "node:assert/strict";
import { serveGallery } from "../tools/gallery_server.ts";
import { TestBrowser } from "./browser_rig.ts";
import { beAsOldAsSupported } from "./oldest_browser.ts";

Deno.test("every page works in the oldest supported browsers: missing features of JavaScript are polyfilled or not used", async (t) => {
  await using server = await serveGallery();
  await using browser = await TestBrowser.launch();
  await using anna = await browser.newPerson("Anna");
  const { page, faults } = anna;
  const list = `${server.address}gallery/gallery.html`;
  await page.addInitScript(beAsOldAsSupported);
  await page.goto(list);
  await page.locator("li > a").first().waitFor();
  const scenes = await page.locator("li > a").allTextContents();
  for (const scene of scenes.filter((scene) => !/^(meeting-(9|16|30))$/.test(scene))) {
    await t.step(scene, async () => {
      await page.goto(`${list}?scene=${scene}&lang=en`);
      await page.locator("main h1, main section, [role=status]").first().waitFor();
      assert.deepEqual(faults.splice(0), []);
    });
  }
  await t.step("the redirect to the page that one came for", async () => {
    await page.goto(`${list}?scene=signin&lang=en`);
    await page.evaluate(() => {
      history.replaceState(null, "", "/signin?returnTo=%2Fmeetings%2Fpast");
      dispatchEvent(new PopStateEvent("popstate"));
    });
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    assert.deepEqual(faults.splice(0), []);
  });
});
