import assert from "node:assert/strict";
import { type CommandId, newCommandId } from "@tafelrunde/protocol";
import { type Person, TestBrowser } from "./browser_rig.ts";
import { LIKENESSES } from "./media_rig.ts";
import { Product } from "./product_rig.ts";
import { roomOf, SignalClient } from "./signal_client.ts";

const RECONNECTING = "Connection lost. Reconnecting …";

/**
 * Longest time that pictures can freeze while no media process was touched, ms. Source: issue 2, "media keeps
 * flowing".
 */
const UNNOTICED_MS = 1_000;

Deno.test("everything acknowledged survives every kill -9, and participants come back by themselves", async (t) => {
  await using product = await Product.start({}, { isFresh: true });
  await using annasBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Anna });
  await using bensBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Ben });
  await using anna = await annasBrowser.newPerson("Anna");
  await using ben = await bensBrowser.newPerson("Ben");
  const both = async (act: (person: Person, other: Person) => Promise<void>) =>
    void await Promise.all([act(anna, ben), act(ben, anna)]);
  const perceive = async (person: Person, other: Person) => {
    const likeness = LIKENESSES[other.name as keyof typeof LIKENESSES];
    await person.sees(other.name, likeness.colour);
    await person.listen();
    await person.hears(likeness);
  };
  let link = "";

  await t.step("two people see and hear each other", async () => {
    link = await anna.createMeeting(product.origin);
    await anna.join();
    await ben.join(link);
    await both((person) => person.opens("Chat"));
    await both(perceive);
  });

  await t.step(
    "the edge: pictures continue, what was typed meanwhile arrives, nothing acknowledged is lost",
    async () => {
      const script = await new SignalClient(roomOf(link)).join(product.origin, "Script");
      await both((person, other) => person.watch(other.name));
      const talk = await talkUntilCut(script, () => product.kill("edge"));
      await anna.says("typed while the edge was gone");
      await ben.reads("typed while the edge was gone");
      await both((person) => person.page.getByText(RECONNECTING).waitFor({ state: "detached" }));
      const stills = await Promise.all([anna, ben].map((person) => person.longestStillMs()));
      assert.ok(stills.every((ms) => ms < UNNOTICED_MS), `pictures stood still for ${stills} ms`);
      await both(perceive);

      await script.enter(product.origin);
      await script.ask(talk.unanswered, talk.unanswered.id);
      await script.until(() =>
        script.state.chat.some(({ text }) => text === "typed while the edge was gone")
      );
      const stored = script.state.chat.map(({ text }) => text);
      assert.deepEqual(talk.acknowledged.filter((text) => !stored.includes(text)), []);
      assert.equal(new Set(stored).size, stored.length, "none twice");
      assert.notEqual((await script.ask({ type: "participant.leave" })).type, "refused");
    },
  );

  await t.step("the media node: picture and sound return by themselves", async () => {
    product.kill("media");
    await both(perceive);
    await both((person, other) =>
      person.tile(other.name).getByText("Microphone off").waitFor({ state: "detached" })
    );
  });

  await t.step("everything: the room, its chat and its link exist, and so do the participants", async () => {
    await ben.says("the last words before the end");
    await anna.reads("the last words before the end");
    await product.killAll();
    await both((person) => person.page.getByText(RECONNECTING).waitFor());
    await anna.says("typed while nothing was there");
    await product.startAgain();
    await ben.reads("typed while nothing was there");
    await both((person) => person.page.getByText(RECONNECTING).waitFor({ state: "detached" }));
    await both(perceive);
    await ben.page.reload();
    await ben.isIn();
    await ben.opens("Chat");
    await ben.reads("the last words before the end");
    await ben.reads("typed while nothing was there");
    const cem = await new SignalClient(roomOf(link)).join(product.origin, "Cem");
    assert.deepEqual(cem.state.chat.map(({ text }) => text).slice(-2), [
      "the last words before the end",
      "typed while nothing was there",
    ]);
    assert.deepEqual(
      Object.values(cem.state.participants).map(({ name }) => name).sort(),
      ["Anna", "Ben", "Cem"],
    );
    await cem.close();
  });
});

/** The messages posted one after another until the connection was lost. */
interface Talk {
  readonly acknowledged: string[];
  /** The command that was pending then. */
  readonly unanswered: { readonly type: "chat.post"; readonly id: CommandId; readonly text: string };
}

/** Posts one message after another; calls `cut` after the twentieth, before it can be answered. */
async function talkUntilCut(client: SignalClient, cut: () => void): Promise<Talk> {
  const acknowledged: string[] = [];
  for (let n = 1;; n++) {
    const post = { type: "chat.post", id: newCommandId(), text: `script says ${n}` } as const;
    const isAnswered = () =>
      client.received.some((message) => message.type === "chat.posted" && message.cause === post.id);
    client.send(post);
    if (n === 20) cut();
    await client.until(() => client.closed !== undefined || isAnswered());
    if (!isAnswered()) return { acknowledged, unanswered: post };
    acknowledged.push(post.text);
  }
}
