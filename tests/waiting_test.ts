import { type Person, TestBrowser } from "./browser_rig.ts";
import { LIKENESSES } from "./media_rig.ts";
import { Product } from "./product_rig.ts";

let product: Product;
const shared = new AsyncDisposableStack();
Deno.test.beforeAll(async () => {
  product = shared.use(await Product.start());
});
Deno.test.afterAll(() => shared.disposeAsync());

/** Presses a button of the open dialog. */
const pressInDialog = (person: Person, name: string) =>
  person.page.getByRole("dialog").getByRole("button", { name, exact: true }).click();

/** Opens the options for a participant. */
async function openOptions(person: Person, name: string): Promise<void> {
  await person.opens("Participants");
  await person.press(`Options for ${name}`);
}

const readsText = (person: Person, text: string) => person.page.getByText(text).first().waitFor();

Deno.test("[W2] [W5] the waiting room, and a moderator's actions, in real browsers", async (t) => {
  await using annasBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Anna });
  await using bensBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Ben });
  await using anna = await annasBrowser.newPerson("Anna");
  await using ben = await bensBrowser.newPerson("Ben");
  let link = "";
  await ben.page.addInitScript(() => {
    let held = 0;
    Object.assign(globalThis, { locksHeld: () => held });
    Object.defineProperty(navigator, "wakeLock", {
      value: {
        request: () => {
          held++;
          const lock = { released: false, release: () => Promise.resolve(void held--) };
          return Promise.resolve(lock);
        },
      },
    });
  });
  /** Waits until Ben's page holds this many wake locks. */
  const keepsScreenOn = (locks: number) =>
    ben.page.waitForFunction(
      (locks) => (globalThis as unknown as { locksHeld: () => number }).locksHeld() === locks,
      locks,
    );

  await t.step("the creator of a meeting owns it, and makes everyone wait", async () => {
    link = await anna.createMeeting(product.origin);
    await anna.join();
    await anna.opens("Participants");
    await anna.press("Room settings");
    await anna.page.getByLabel("Waiting room").selectOption("everyone");
    await pressInDialog(anna, "Save");
    await anna.page.getByRole("dialog").waitFor({ state: "detached" });
  });

  await t.step(
    "a newcomer asks to join, waits with their own picture, and keeps waiting after a reload",
    async () => {
      await ben.page.goto(link);
      await ben.page.getByRole("textbox", { name: "Your name" }).fill("Ben");
      await ben.press("Ask to join");
      await readsText(ben, "You will be let in soon.");
      await anna.button("Let Ben in").waitFor();
      await ben.page.reload();
      await readsText(ben, "You will be let in soon.");
      await anna.button("Let Ben in").waitFor();
      await keepsScreenOn(1);
    },
  );

  await t.step("once admitted, they are in without a click, and both see each other", async () => {
    await anna.press("Let Ben in");
    await ben.isIn();
    await keepsScreenOn(1);
    await Promise.all([ben.sees("Anna", LIKENESSES.Anna.colour), anna.sees("Ben", LIKENESSES.Ben.colour)]);
  });

  await t.step("[R6] muted by a moderator: silent, told by whom, and free to speak again", async () => {
    await anna.listen();
    await anna.hears(LIKENESSES.Ben);
    await openOptions(anna, "Ben");
    await pressInDialog(anna, "Mute");
    await readsText(ben, "Anna has muted your microphone.");
    await anna.doesNotHear(LIKENESSES.Ben);
    await ben.press("Unmute microphone");
    await anna.hears(LIKENESSES.Ben);
  });

  await t.step("[R3] as a viewer neither seen nor heard, as a guest both again", async () => {
    await openOptions(anna, "Ben");
    const role = anna.page.getByRole("dialog").getByLabel("Role in this meeting");
    await role.selectOption("viewer");
    await anna.seesNoPictureOf("Ben");
    await anna.doesNotHear(LIKENESSES.Ben);
    await role.selectOption("guest");
    await pressInDialog(anna, "Close");
    await ben.press("Turn camera on");
    await anna.sees("Ben", LIKENESSES.Ben.colour);
  });

  await t.step("[W4] removed, they ask again; declined, they read why", async () => {
    await openOptions(anna, "Ben");
    await pressInDialog(anna, "Remove from the meeting");
    await pressInDialog(anna, "Remove from the meeting");
    await readsText(ben, "A moderator has removed you from the meeting.");
    await ben.press("Ask again");
    await ben.press("Ask to join");
    await readsText(ben, "You will be let in soon.");
    await anna.press("Do not let Ben in");
    await anna.page.getByRole("dialog").getByRole("textbox").fill("Tomorrow, please");
    await pressInDialog(anna, "Decline");
    await readsText(ben, "Tomorrow, please");
  });

  await t.step("admitted a third time; the end is the end for everyone", async () => {
    await ben.press("Ask again");
    await ben.press("Ask to join");
    await readsText(ben, "You will be let in soon.");
    await anna.press("Let Ben in");
    await ben.isIn();
    await ben.sees("Anna");
    await anna.press("End for everyone");
    await pressInDialog(anna, "End for everyone");
    await Promise.all([anna, ben].map((person) => readsText(person, "The meeting has ended.")));
  });
});
