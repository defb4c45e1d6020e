import { TestBrowser, until } from "./browser_rig.ts";
import { Product } from "./product_rig.ts";

Deno.test("a panel whose file does not load stays empty until it does, and nothing else in the meeting is affected", async (t) => {
  await using product = await Product.start();
  await using browser = await TestBrowser.launch();
  await using anna = await browser.newPerson("Anna");
  const isFile = /\/assets\/panels-[\w-]+\.js$/;
  let asked = 0;
  await anna.page.route(isFile, async (route) => {
    asked++;
    await route.abort();
  });
  await anna.createMeeting(product.origin);
  await anna.join();
  const field = anna.page.getByRole("textbox", { name: "Message" });
  const devices = anna.page.getByRole("dialog", { name: "Devices" });

  await t.step("the panel opens and closes, and the controls work", async () => {
    await anna.opens("Chat");
    await anna.press("Raise hand");
    await anna.button("Lower hand").waitFor();
    await anna.press("Chat");
    await anna.page.getByRole("complementary", { name: "Chat" }).waitFor({ state: "detached" });
  });
  await t.step(
    "a requested dialog opens once its file has loaded, and so does the panel",
    async () => {
      await anna.press("Devices");
      await anna.opens("Chat");
      await until(() => Promise.resolve(asked > 0), () => "the panels were not asked for");
      await anna.page.unroute(isFile);
      await devices.waitFor();
      await anna.page.keyboard.press("Escape");
      await devices.waitFor({ state: "detached" });
      await field.waitFor();
      await anna.says("here");
      await anna.reads("here");
    },
  );
});
