import assert from "node:assert/strict";
import { hasBase, makeBaseTree } from "./base_tree.ts";
import { startBackbone } from "./cluster_rig.ts";
import { EdgeProcess } from "./edge_process.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

/** The owner's device cookie. */
const OWNER = "O".repeat(22);

const POLL = {
  type: "poll.open",
  question: "Lunch?",
  options: ["Soup", "Salad"],
  isMultiple: false,
  results: "live",
  names: "named",
  lastsMs: null,
} as const;

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
    const open = () => olga.ask({ ...POLL, options: [...POLL.options] });

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
      const refused = await open();
      assert.equal(refused.type === "refused" && refused.code, "feature.unavailable");
    });

    await t.step("and works once the base is gone; its clients come to this build", async () => {
      base.signal("SIGKILL");
      let opened = await open();
      const deadline = Date.now() + 40_000;
      while (opened.type === "refused" && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 200));
        opened = await open();
      }
      assert.equal(opened.type, "poll.opened", JSON.stringify(opened));
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
