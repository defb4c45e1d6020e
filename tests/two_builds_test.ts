import assert from "node:assert/strict";
import { buildBasePages, hasBase, makeBaseTree } from "./base_tree.ts";
import { newSpaceId } from "@tafelrunde/protocol";
import { TestBrowser } from "./browser_rig.ts";
import { startBackbone } from "./cluster_rig.ts";
import { EdgeProcess } from "./edge_process.ts";
import { startMediaProcess } from "./media_process.ts";
import { LIKENESSES } from "./media_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";
import { WEB_DIR } from "../tools/setup/web_app.ts";

/** The owner's device cookie. */
const OWNER = "O".repeat(22);

const POLL = {
  type: "poll.open",
  question: { text: "Lunch?" },
  options: [{ text: "Soup" }, { text: "Salad" }],
  isMultiple: false,
  results: "live",
  names: "named",
  lastsMs: null,
} as const;

/** Opens a poll as soon as no edge of the base is left. */
async function opensPoll(client: SignalClient): Promise<void> {
  const open = () => client.ask({ ...POLL, options: [...POLL.options] });
  let opened = await open();
  const deadline = Date.now() + 40_000;
  while (opened.type === "refused" && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    opened = await open();
  }
  assert.equal(opened.type, "poll.opened", JSON.stringify(opened));
}

Deno.test({
  name: "[V3] [V5] an edge of the base build and one of this build share rooms",
  ignore: !await hasBase(),
  async fn(t) {
    const root = await makeBaseTree();
    await using backbone = await startBackbone("postgres");
    const env = { DATABASE_URL: backbone.databaseUrl };
    await using base = await EdgeProcess.start(env, { root });
    await using current = await EdgeProcess.start(env);
    const room = await createRoom(base.origin, "Council", OWNER);
    const olga = await new SignalClient(room, { device: OWNER }).join(current.origin, "Olga");
    const ben = await new SignalClient(room).join(base.origin, "Ben");
    await t.step("what both know works in both directions, in one order", async () => {
      for (let n = 0; n < 20; n++) {
        await (n % 2 ? olga : ben).ask({ type: "chat.post", text: `${n}` });
        await (n % 2 ? ben : olga).ask({ type: "hand.raise", raised: n % 4 < 2 });
      }
      const seq = Math.max(olga.state.seq, ben.state.seq);
      for (const one of [olga, ben]) await one.until(() => one.state.seq >= seq);
      assert.equal(olga.state.chat.length, 20);
      assert.deepEqual(olga.state.chat, ben.state.chat);
      assert.deepEqual(olga.state.hand, ben.state.hand);
    });

    await t.step("what the base does not know is refused by name", async () => {
      const refused = await olga.ask({ ...POLL, options: [...POLL.options] });
      assert.equal(refused.type === "refused" && refused.code, "feature.unavailable");
      const spaces = [{ spaceId: newSpaceId(), name: { text: "Group" }, isFree: true }];
      const opening = await olga.ask({ type: "space.open", spaces });
      assert.equal(opening.type === "refused" && opening.code, "feature.unavailable");
    });

    await t.step("and works once the base is gone; its clients come to this build", async () => {
      base.signal("SIGKILL");
      await opensPoll(olga);
      const cem = await new SignalClient(room).join(current.origin, "Cem");
      assert.equal(Object.keys(cem.state.poll).length, 1);
      await cem.close();
    });

    await t.step(
      "a base edge that starts again leaves what it does not know, and loses nothing else",
      async () => {
        await base.startAgain();
        const dora = await new SignalClient(room).join(base.origin, "Dora");
        await olga.until(() => Object.values(olga.state.participants).some(({ name }) => name === "Dora"));
        await dora.ask({ type: "chat.post", text: "back" });
        await olga.until(() => olga.state.chat.at(-1)?.text === "back");
        assert.equal(Object.keys(olga.state.poll).length, 1);
        await dora.close();
      },
    );
    for (const one of [olga, ben]) one.cut();
  },
});

/** Space for one participant: the next one gets the other node. */
const SMALL_NODE = { MAX_PEERS: "1", NETWORK: "test" };

Deno.test({
  name: "[V3] [V4] media nodes, edges and pages of the base build and of this one are in one call",
  ignore: !await hasBase(),
  async fn(t) {
    const root = await makeBaseTree();
    await using backbone = await startBackbone("postgres");
    await using baseNode = await startMediaProcess({ ...SMALL_NODE, NODE_ID: "base" }, { root });
    await using currentNode = await startMediaProcess({ ...SMALL_NODE, NODE_ID: "current" });
    const env = {
      DATABASE_URL: backbone.databaseUrl,
      MEDIA_NODES: `${baseNode.url},${currentNode.url}`,
      ROOM_CREATION: "anyone",
    };
    // Each edge serves the pages of the other build: one client is a release ahead, one behind.
    await using base = await EdgeProcess.start({ ...env, WEB_DIR }, { root });
    await using current = await EdgeProcess.start({ ...env, WEB_DIR: await buildBasePages() });
    await using annasBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Anna });
    await using bensBrowser = await TestBrowser.launch({ likeness: LIKENESSES.Ben });
    await using anna = await annasBrowser.newPerson("Anna");
    await using ben = await bensBrowser.newPerson("Ben");
    const room = await createRoom(base.origin, "Council", OWNER);
    const olga = await new SignalClient(room, { device: OWNER }).join(current.origin, "Olga");
    const linkAt = ({ origin }: EdgeProcess) => `${origin}/r/${room.room}#${room.link}`;
    await anna.join(linkAt(base));
    await ben.join(linkAt(current));
    const everyone = [[anna, "Ben", LIKENESSES.Ben], [ben, "Anna", LIKENESSES.Anna]] as const;

    await t.step("[K3] sound and picture in both directions, through one node of each", async () => {
      await Promise.all(everyone.map(([person]) => person.listen()));
      for (const [person, name, likeness] of everyone) {
        await person.sees(name, likeness.colour);
        await person.hears(likeness);
      }
      const peers = await Promise.all(
        [baseNode, currentNode].map((node) => node.metric("tafelrunde_media_peers")),
      );
      assert.deepEqual(peers, [1, 1]);
    });

    await t.step("what both know works in both directions", async () => {
      await Promise.all(everyone.map(([person]) => person.opens("Chat")));
      await anna.says("from ahead");
      await ben.reads("from ahead");
      await ben.says("from behind");
      await anna.reads("from behind");
      await ben.press("Raise hand");
      await anna.tile("Ben").getByText("Hand raised").waitFor();
    });

    await t.step("a client behind loses nothing when others use what it does not know", async () => {
      base.signal("SIGKILL");
      await opensPoll(olga);
      await olga.ask({ type: "chat.post", text: "vote, please" });
      await ben.reads("vote, please");
      await ben.says("with what?");
      await olga.until(() => olga.state.chat.at(-1)?.text === "with what?");
      assert.equal(Object.keys(olga.state.poll).length, 1);
    });
    olga.cut();
  },
});
