/// <reference lib="dom" />
import assert from "node:assert/strict";
import { violations } from "./axe.ts";
import { Person, TestBrowser } from "./browser_rig.ts";
import { LIKENESSES } from "./media_rig.ts";
import { Product } from "./product_rig.ts";

let product: Product;
let annasBrowser: TestBrowser;
let bensBrowser: TestBrowser;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  product = shared.use(await Product.start());
  annasBrowser = shared.use(await TestBrowser.launch({ likeness: LIKENESSES.Anna }));
  bensBrowser = shared.use(await TestBrowser.launch({ likeness: LIKENESSES.Ben }));
});
Deno.test.afterAll(() => shared.disposeAsync());

const SILENT = "Sound is off here, because you are in this meeting with another device.";

/** Opens a link anew: a page that is at the same address does not load again. */
async function opens({ page }: Person, link: string): Promise<void> {
  await page.goto("about:blank");
  await page.goto(link);
}

Deno.test("[J6] [J17] a person with two devices: silent at first, one entry, muted together, and one leaves", async (t) => {
  await using ben = await bensBrowser.newPerson("Ben");
  await using laptop = await annasBrowser.newPerson("Anna");
  const link = await ben.createMeeting(product.origin);
  await ben.join();
  await laptop.join(link);
  const phone = await Person.sitDown(laptop.page.context(), "Anna");
  await ben.opens("Participants");

  await t.step("the lobby says that the person is there already, and what joining means", async () => {
    await phone.page.goto(link);
    await phone.page.getByText("You are in this meeting with another device.").waitFor();
    assert.deepEqual(await violations(phone.page), []);
    await phone.press("Join meeting");
    await phone.button("Leave meeting").waitFor();
  });

  await t.step("the second device is silent, with its microphone off; a reload changes nothing", async () => {
    const isQuiet = async () => {
      await phone.page.getByText(SILENT).waitFor();
      await phone.button("Unmute microphone").waitFor();
      await phone.page.waitForFunction(() => {
        const sounds = [...document.querySelectorAll("audio")];
        return sounds.length > 0 && sounds.every(({ muted }) => muted);
      });
    };
    await isQuiet();
    assert.deepEqual(await violations(phone.page), []);
    await phone.page.reload();
    await phone.button("Leave meeting").waitFor();
    await isQuiet();
    assert.equal(await laptop.page.getByText(SILENT).count(), 0);
  });

  await t.step("others see one entry with two devices", async () => {
    await ben.row("Anna").getByText("2 devices").waitFor();
    assert.equal(await ben.row("Anna").count(), 1);
    await ben.page.getByRole("complementary").getByText("2 people", { exact: true }).waitFor();
  });

  await t.step("its sound can be turned on, and its microphone", async () => {
    await phone.press("Turn sound on");
    await phone.page.getByText(SILENT).waitFor({ state: "detached" });
    await phone.page.waitForFunction(() =>
      [...document.querySelectorAll("audio")].every(({ muted }) => !muted)
    );
    await phone.press("Unmute microphone");
    await phone.button("Mute microphone").waitFor();
  });

  await t.step("[R6] a moderator mutes both", async () => {
    await ben.row("Anna").getByRole("button", { name: "Options for Anna" }).click();
    await ben.press("Mute");
    for (const device of [laptop, phone]) await device.button("Unmute microphone").waitFor();
  });

  await t.step("one leaves, the person stays, and nobody is told that they left", async () => {
    await laptop.press("Leave meeting");
    await ben.row("Anna").getByText("2 devices").waitFor({ state: "detached" });
    assert.equal(await ben.row("Anna").count(), 1);
    assert.equal(await ben.page.getByText("Anna left", { exact: false }).count(), 0);
    await phone.press("Unmute microphone");
    await phone.button("Mute microphone").waitFor();
  });

  await t.step("[J17] the other goes on in its place", async () => {
    await opens(laptop, link);
    await laptop.press("Move here");
    await laptop.isIn();
    await phone.page.getByRole("heading", { name: "You went on elsewhere." }).waitFor();
    assert.equal(await laptop.page.getByText(SILENT).count(), 0);
    assert.equal(await ben.row("Anna").count(), 1);
  });

  await t.step("[R8] a removal removes both", async () => {
    await opens(phone, link);
    await phone.press("Join meeting");
    await ben.row("Anna").getByText("2 devices").waitFor();
    await ben.row("Anna").getByRole("button", { name: "Options for Anna" }).click();
    await ben.press("Remove from the meeting");
    await ben.press("Remove from the meeting");
    for (const device of [laptop, phone]) await device.button("Leave meeting").waitFor({ state: "detached" });
    await ben.row("Anna").waitFor({ state: "detached" });
  });
  assert.deepEqual([...laptop.faults, ...phone.faults, ...ben.faults], []);
});
