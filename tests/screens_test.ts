/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { type Person, TestBrowser } from "./browser_rig.ts";
import { type Colour, LIKENESSES } from "./media_rig.ts";
import { Product } from "./product_rig.ts";

/** Part of the title of the tab that Ben's picker selects. */
const PICKED = "to be shared";

/** Another tab of a person: with one colour, moving, with a tone of `toneHz` Hz. */
async function openTab({ page }: Person, colour: Colour, toneHz: number): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.evaluate(([{ red, green, blue }, toneHz]) => {
    document.body.style.background = `rgb(${red} ${green} ${blue})`;
    const clock = document.body.appendChild(document.createElement("small"));
    setInterval(() => clock.textContent = String(performance.now()), 200);
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { frequency: toneHz });
    tone.connect(new GainNode(context, { gain: 0.5 })).connect(context.destination);
    tone.start();
  }, [colour, toneHz] as const);
  return tab;
}

/** Shares this tab among all open ones. */
async function share(person: Person, tab: Page): Promise<void> {
  await tab.evaluate((title) => document.title = title, PICKED);
  await person.page.bringToFront();
  await person.press("Share screen");
  await person.button("Stop sharing").waitFor();
  await tab.evaluate(() => document.title = "");
}

Deno.test("of two screens the picked one is shown, then the other, with its sound, until it is closed", async (t) => {
  await using product = await Product.start();
  await using browser = await TestBrowser.launch();
  await using other = await TestBrowser.launch({
    likeness: LIKENESSES.Ben,
    picksTab: PICKED,
    flags: ["--autoplay-policy=no-user-gesture-required"],
  });
  await using anna = await browser.newPerson("Anna");
  await using ben = await other.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await ben.join(link);
  await anna.sees("Ben");
  await anna.listen();
  const [red, blue] = [{ red: 200, green: 30, blue: 30 }, { red: 30, green: 30, blue: 200 }];
  const first = await openTab(ben, red, LIKENESSES.Anna.toneHz);
  const second = await openTab(ben, blue, LIKENESSES.Cem.toneHz);

  await t.step("the first", async () => {
    await share(ben, first);
    await anna.sees("Ben's screen", red);
  });
  await t.step("changed for the second, which is heard", async () => {
    await ben.press("Stop sharing");
    await anna.tile("Ben's screen").waitFor({ state: "detached" });
    await share(ben, second);
    await anna.sees("Ben's screen", blue);
    await anna.hears(LIKENESSES.Cem);
  });
  await t.step("closed at its source, which ends it for all", async () => {
    await second.close();
    await anna.tile("Ben's screen").waitFor({ state: "detached" });
    await anna.doesNotHear(LIKENESSES.Cem);
    await ben.button("Share screen").waitFor();
  });
});
