import assert from "node:assert/strict";
import { violations } from "./axe.ts";
import { CuttableRoad } from "./browser_proxy.ts";
import { type Person, TestBrowser, until } from "./browser_rig.ts";
import { LIKENESSES } from "./media_rig.ts";
import { Product } from "./product_rig.ts";
import { roomOf, SignalClient } from "./signal_client.ts";

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

Deno.test("three people in one call", async (t) => {
  await using cemsBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Cem });
  await using anna = await annasBrowser.newPerson("Anna");
  await using ben = await bensBrowser.newPerson("Ben");
  await using cem = await cemsBrowser.newPerson("Cem");
  const everyone = [anna, ben, cem];
  const likenessOf = (person: Person) => LIKENESSES[person.name as keyof typeof LIKENESSES];
  const othersOf = (person: Person) => everyone.filter((other) => other !== person);
  const each = async (act: (person: Person) => Promise<void>) => void await Promise.all(everyone.map(act));

  await t.step("one creates a meeting, the others join by its link", async () => {
    const link = await anna.createMeeting(product.origin);
    await anna.join();
    await Promise.all([ben.join(link), cem.join(link)]);
    await each((person) => person.listen());
  });

  await t.step(
    "each sees the others' moving pictures in their own colours, and oneself",
    () =>
      each(async (person) => {
        for (const other of everyone) await person.sees(other.name, likenessOf(other).colour);
      }),
  );

  await t.step(
    "one's own camera is mirrored, the others' pictures are not, so that text in them is readable",
    () =>
      each(async (person) => {
        for (const other of everyone) {
          assert.equal(
            await person.seesMirrored(other.name),
            other === person,
            `${person.name}: ${other.name}`,
          );
        }
      }),
  );

  await t.step("each hears the others' tones, and not oneself", () =>
    each(async (person) => {
      for (const other of othersOf(person)) await person.hears(likenessOf(other));
      await person.doesNotHear(likenessOf(person));
    }));

  await t.step(
    "a participant with a muted microphone is not heard anymore, and everyone can see why",
    async () => {
      await each((person) => person.opens("Participants"));
      await anna.press("Mute microphone");
      await Promise.all(
        othersOf(anna).map(async (other) => {
          await other.tile("Anna").getByText("Microphone off").waitFor();
          await other.row("Anna").getByText("Microphone off").waitFor();
          await other.doesNotHear(LIKENESSES.Anna);
        }),
      );
      await ben.hears(LIKENESSES.Cem);
      await anna.press("Unmute microphone");
      await Promise.all(
        othersOf(anna).map(async (other) => {
          await other.hears(LIKENESSES.Anna);
          await other.row("Anna").getByText("Microphone on").waitFor();
          await other.tile("Anna").getByText("Microphone off").waitFor({ state: "detached" });
        }),
      );
    },
  );

  await t.step(
    "a participant with the camera off is not seen anymore, and is seen again when it is on",
    async () => {
      await anna.press("Turn camera off");
      await each((person) => person.seesNoPictureOf("Anna"));
      await ben.row("Anna").getByText("Camera off").waitFor();
      await ben.sees("Cem", LIKENESSES.Cem.colour);
      await anna.press("Turn camera on");
      await each((person) => person.sees("Anna", LIKENESSES.Anna.colour));
    },
  );

  await t.step("a raised hand is visible to everyone, with its place in the queue", async () => {
    await cem.press("Raise hand");
    await anna.tile("Cem").getByText("Hand raised, number 1").waitFor();
    await ben.press("Raise hand");
    await each(async (person) => {
      await person.tile("Ben").getByText("Hand raised, number 2").waitFor();
      await person.row("Cem").getByText("Hand raised, number 1").waitFor();
    });
    await cem.press("Lower hand");
    await each((person) => person.tile("Ben").getByText("Hand raised, number 1").waitFor());
    await ben.press("Lower hand");
    await each((person) => person.tile("Ben").getByText("Hand raised").waitFor({ state: "detached" }));
  });

  await t.step(
    "a shared screen is visible to the others beside the cameras, until it is stopped",
    async () => {
      await ben.press("Share screen");
      await ben.button("Stop sharing").waitFor();
      await Promise.all([anna, cem].map(async (other) => {
        await other.sees("Ben's screen");
        await other.sees("Ben", LIKENESSES.Ben.colour);
      }));
      await ben.press("Stop sharing");
      await each((person) => person.tile("Ben's screen").waitFor({ state: "detached" }));
      await anna.sees("Ben", LIKENESSES.Ben.colour);
    },
  );

  await t.step("after a reload one is the same participant, with the chat as it was", async () => {
    await each((person) => person.opens("Chat"));
    await ben.says("before the reload");
    await anna.reads("before the reload");
    await anna.page.getByRole("textbox", { name: "Message" }).fill("and an answer");
    await anna.press("Send");
    await ben.reads("and an answer");
    const tile = await anna.tile("Ben").elementHandle();
    await ben.page.reload();
    await ben.isIn();
    await ben.opens("Chat");
    await ben.reads("before the reload");
    await ben.reads("and an answer");
    assert.deepEqual(
      (await ben.conversation()).filter((line) => ["You", "Ben", "Anna"].includes(line)),
      ["You", "Anna"],
    );
    await ben.listen();
    await Promise.all([
      anna.sees("Ben", LIKENESSES.Ben.colour),
      ben.sees("Anna", LIKENESSES.Anna.colour),
      ben.hears(LIKENESSES.Cem),
    ]);
    assert.equal(await tile?.evaluate((element) => element.isConnected), true, "Ben's tile never went away");
    await anna.opens("Participants");
    assert.equal(await anna.row("Ben").count(), 1);
  });

  await t.step("leaving removes the tile everywhere", async () => {
    await cem.press("Leave meeting");
    await cem.page.getByRole("heading", { name: "You have left the meeting." }).waitFor();
    await Promise.all([anna, ben].map((other) => other.tile("Cem").waitFor({ state: "detached" })));
    await anna.row("Cem").waitFor({ state: "detached" });
    await anna.doesNotHear(LIKENESSES.Cem);
    await anna.sees("Ben", LIKENESSES.Ben.colour);
  });
});

Deno.test("notices of the node while the lobby's media code is still loading are not lost", async () => {
  await using anna = await annasBrowser.newPerson("Anna");
  await using ben = await bensBrowser.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  // The second time, the browser makes its offer without that code.
  await ben.page.goto(link);
  await ben.page.waitForFunction(() => localStorage.getItem("tafelrunde:capabilities") !== null);
  const code = Promise.withResolvers<void>();
  await ben.page.route("**/assets/media-*.js", async (route) => {
    await code.promise;
    await route.continue();
  });
  const said: string[] = [];
  const heard: string[] = [];
  ben.page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => void said.push(String(payload)));
    socket.on("framereceived", ({ payload }) => void heard.push(String(payload)));
  });
  const hears = (type: string) =>
    until(
      () => Promise.resolve(heard.some((frame) => frame.includes(`"type":"${type}"`))),
      () => `${type} does not come`,
    );
  await ben.page.reload();
  await hears("welcome");
  await anna.join();
  await hears("consumers.opened");
  code.resolve();
  await ben.join();
  await ben.sees("Anna", LIKENESSES.Anna.colour);
  assert.ok(!said.some((frame) => frame.includes('"type":"peer.open"')), "over the path of the lobby");
});

Deno.test("200 messages of two browsers and a script arrive everywhere in one order, once each, over an interruption", async () => {
  await using road = new CuttableRoad(product.origin);
  await using anna = await annasBrowser.newPerson("Anna");
  await using ben = await annasBrowser.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await ben.joinUnseen(link.replace(product.origin, road.origin));
  const cem = await new SignalClient(roomOf(link)).join(product.origin, "Cem");
  await Promise.all([anna, ben].map((person) => person.opens("Chat")));

  const senders = [anna, ben, cem] as const;
  const texts = Array.from({ length: 200 }, (_, n) => `${["Anna", "Ben", "Cem"][n % 3]} says ${n}`);
  const post = async (from: number, to: number) => {
    await Promise.all(senders.map(async (sender, at) => {
      for (let n = from; n < to; n++) {
        if (n % 3 !== at) continue;
        if (sender instanceof SignalClient) await sender.ask({ type: "chat.post", text: texts[n]! });
        else await sender.says(texts[n]!);
      }
    }));
  };
  await post(0, 80);
  road.cut();
  await post(80, 140);
  road.mend();
  await post(140, 200);

  await cem.until(() => cem.state.chat.length === texts.length);
  const order = cem.state.chat.map(({ text }) => text);
  assert.deepEqual(order.toSorted(), texts.toSorted(), "once each");
  for (const person of [anna, ben]) {
    let seen: string[] = [];
    await until(
      async () => {
        seen = (await person.conversation()).filter((line) => / says \d+$/.test(line));
        return seen.length >= order.length;
      },
      () => `${person.name} sees ${seen.length} messages`,
    );
    assert.deepEqual(seen, order, `${person.name} sees another order`);
  }
  await cem.close();
});

Deno.test("[C6] participants delete their own messages, moderators anyone's; the page shows it and keeps the focus", async () => {
  await using anna = await annasBrowser.newPerson("Anna");
  await using ben = await annasBrowser.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.joinUnseen();
  await ben.joinUnseen(link);
  const cem = await new SignalClient(roomOf(link)).join(product.origin, "Cem");
  await Promise.all([anna, ben].map((person) => person.opens("Chat")));
  await ben.says("Ben writes what he regrets");
  await cem.ask({ type: "chat.post", text: "http://a/))))" });
  await Promise.all([anna, ben].map((person) => person.reads("Ben writes what he regrets")));
  assert.equal(
    await ben.button("Delete the message of Cem").count(),
    0,
    "others' messages are not Ben's to delete",
  );
  await ben.button("Delete your message").focus();
  await ben.page.keyboard.press("Enter");
  const question = ben.page.getByRole("dialog", { name: "Delete this message?" });
  await question.waitFor();
  assert.deepEqual(await violations(ben.page), []);
  await ben.page.keyboard.press("Escape");
  await question.waitFor({ state: "detached" });
  await ben.button("Delete your message").click();
  await question.getByRole("button", { name: "Delete", exact: true }).click();
  await Promise.all([anna, ben].map((person) => person.reads("Message deleted")));
  await ben.page.waitForFunction(() => document.activeElement?.getAttribute("role") === "log");
  await anna.button("Delete the message of Cem").click();
  await anna.page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await cem.until(() => cem.state.chat.every(({ text }) => text === null));
  for (const person of [anna, ben]) {
    await person.page.getByRole("log").getByText("Message deleted").nth(1).waitFor();
    assert.doesNotMatch((await person.conversation()).join(), /regrets|http/);
  }
  await cem.close();
});

Deno.test("[T5] a newcomer receives everything that is shared in one negotiation", async () => {
  await using anna = await annasBrowser.newPerson("Anna");
  await using ben = await bensBrowser.newPerson("Ben");
  const link = await anna.createMeeting(product.origin);
  await anna.join();
  await ben.join(link);
  await ben.sees("Anna", LIKENESSES.Anna.colour);
  assert.deepEqual(await ben.page.evaluate(() => probe.negotiations()), [1]);
});
