import { startBackbone } from "./cluster_rig.ts";
import { TestBrowser } from "./browser_rig.ts";
import { EdgeProcess } from "./edge_process.ts";
import { Product } from "./product_rig.ts";

const REASON = "The service is being updated. This will work afterwards.";

Deno.test("[V5] controls that an older edge does not support say so, and work by themselves once that edge is gone", async (t) => {
  await using backbone = await startBackbone("postgres");
  await using older = await EdgeProcess.start(backbone.env, { entry: "tests/older_edge.ts" });
  await using product = await Product.start(backbone.env);
  await using browser = await TestBrowser.launch();
  await using anna = await browser.newPerson("Anna");
  await anna.createMeeting(product.origin);
  await anna.join();
  await anna.opens("Chat");
  const { page } = anna;
  const disabled = (label: string) =>
    page.getByRole("button", { name: `${label}: ${REASON}`, exact: true }).and(
      page.locator("[aria-disabled=true]"),
    ).waitFor();
  const enabled = (label: string) =>
    page.getByRole("button", { name: label, exact: true }).and(page.locator(":not([aria-disabled=true])"))
      .waitFor();
  const field = page.getByRole("textbox", { name: "Message" });

  await t.step("while it runs, each control says why it does nothing", async () => {
    await disabled("Raise hand");
    await disabled("React");
    await field.and(page.locator(":disabled")).waitFor();
    await page.getByText(REASON, { exact: true }).filter({ visible: true }).first().waitFor();
  });
  await t.step("killed, and its lease expired: they work without a reload", async () => {
    await older.kill();
    await enabled("Raise hand");
    await enabled("React");
    await field.and(page.locator(":enabled")).waitFor();
    await anna.press("Raise hand");
    await enabled("Lower hand");
    await anna.says("on we go");
    await anna.reads("on we go");
  });
  await t.step("when one starts again, they say so again", async () => {
    await older.startAgain();
    await disabled("Lower hand");
    await field.and(page.locator(":disabled")).waitFor();
  });
});
