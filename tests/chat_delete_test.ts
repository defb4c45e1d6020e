import assert from "node:assert/strict";
import { type Down, newCommandId } from "@tafelrunde/protocol";
import { CHAT_STATE_BYTES } from "@tafelrunde/protocol/features/chat/state";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { createRoom, SignalClient } from "./signal_client.ts";

const OWNER = "D".repeat(22);
const SECRET = "what nobody should have read";

const codeOf = (answer: Down) => answer.type === "refused" ? answer.code : answer.type;

for (const serving of ["server", "function"] as const) {
  testOnStores(`deleted messages (${serving})`, async ({ store, again }, t) => {
    await using edge = await startTestEdge({ store, serving });
    const owner = new SignalClient(await createRoom(edge.origin, "", OWNER), { device: OWNER });
    await owner.join(edge.origin, "Olga");
    const ben = await new SignalClient(owner.room).join(edge.origin, "Ben");
    const cem = await new SignalClient(owner.room).join(edge.origin, "Cem");
    const everyone = [owner, ben, cem];
    const textOf = (client: SignalClient, seq: number) =>
      client.state.chat.find((message) => message.seq === seq)?.text;
    const say = async (client: SignalClient, text: string) => {
      const { seq } = await client.ask({ type: "chat.post", text }) as Extract<Down, { seq: number }>;
      await Promise.all(everyone.map((one) => one.until(() => one.state.seq >= seq)));
      return seq;
    };
    /** Everything that the database has of the room's log. */
    const stored = async () => {
      const events = await store.db.selectFrom("room_event").select("body").where(
        "room_id",
        "=",
        owner.room.room,
      )
        .execute();
      const snapshots = await store.db.selectFrom("room_snapshot").select("state")
        .where("room_id", "=", owner.room.room).execute();
      return JSON.stringify([events, snapshots]);
    };

    await t.step(
      "[C6] participants delete their own messages, moderators anyone's, and no one else's is deleted",
      async () => {
        const own = await say(ben, `${SECRET} (1)`);
        const others = await say(ben, `${SECRET} (2)`);
        assert.equal(
          codeOf(await cem.ask({ type: "chat.delete", messageSeq: own })),
          "deleteMessages.notAllowed",
        );
        assert.equal(textOf(cem, own), `${SECRET} (1)`);
        assert.equal(codeOf(await ben.ask({ type: "chat.delete", messageSeq: own })), "chat.deleted");
        assert.equal(codeOf(await owner.ask({ type: "chat.delete", messageSeq: others })), "chat.deleted");
        assert.equal(codeOf(await owner.ask({ type: "chat.delete", messageSeq: others })), "done");
        assert.equal(codeOf(await owner.ask({ type: "chat.delete", messageSeq: 1 })), "chat.unknown");
        assert.equal(
          codeOf(await owner.ask({ type: "chat.delete", messageSeq: 2 ** 31 - 1 })),
          "chat.unknown",
        );
        for (const one of everyone) {
          await one.until(() => textOf(one, own) === null && textOf(one, others) === null);
          assert.deepEqual(one.state.chat, owner.state.chat);
        }
      },
    );

    await t.step(
      "[C6] the text is nowhere anymore: not in the log, a snapshot, a page, or for a returning client",
      async () => {
        cem.cut();
        const { seq } = await ben.ask({ type: "chat.post", text: SECRET }) as Extract<Down, { seq: number }>;
        await ben.ask({ type: "chat.delete", messageSeq: seq });
        assert.doesNotMatch(await stored(), new RegExp(SECRET));
        const seen = cem.received.length;
        await cem.enter(edge.origin);
        await cem.until(() => cem.state.seq >= owner.state.seq);
        assert.doesNotMatch(JSON.stringify(cem.received.slice(seen)), new RegExp(SECRET));
        const newcomer = await new SignalClient(owner.room).join(edge.origin, "Dora");
        assert.doesNotMatch(JSON.stringify(newcomer.received), new RegExp(SECRET));
        await using other = await startTestEdge({ store: await again(), serving });
        const elsewhere = await new SignalClient(owner.room).join(other.origin, "Eva");
        assert.doesNotMatch(JSON.stringify(elsewhere.received), new RegExp(SECRET));
        assert.deepEqual(elsewhere.state.chat, newcomer.state.chat);
        const from = newcomer.received.length;
        newcomer.send({ type: "chat.before", id: newCommandId(), before: newcomer.state.seq });
        const page = await newcomer.next("chat.page", from);
        assert.ok(page.messages.some(({ text }) => text === null));
        assert.doesNotMatch(JSON.stringify(page), new RegExp(SECRET));
        await Promise.all([newcomer.close(), elsewhere.close()]);
      },
    );

    await t.step("[C6] a message that is no longer part of the state is deleted, too", async () => {
      const old = await say(ben, `${SECRET}, long ago`);
      const many = Math.ceil(CHAT_STATE_BYTES / 4_000) + 1;
      for (let n = 0; n < many; n++) await ben.ask({ type: "chat.post", text: "x".repeat(3_990) });
      await owner.until(() => textOf(owner, old) === undefined);
      assert.equal(
        codeOf(await cem.ask({ type: "chat.delete", messageSeq: old })),
        "deleteMessages.notAllowed",
      );
      assert.equal(codeOf(await ben.ask({ type: "chat.delete", messageSeq: old })), "chat.deleted");
      assert.equal(codeOf(await ben.ask({ type: "chat.delete", messageSeq: old })), "done");
      assert.doesNotMatch(await stored(), new RegExp(SECRET));
    });

    await t.step("[C6] a message posted and deleted at once leaves no text either", async () => {
      const next = ben.state.seq + 1;
      ben.send({ type: "chat.post", id: newCommandId(), text: SECRET });
      ben.send({ type: "chat.delete", id: newCommandId(), messageSeq: next });
      const posted = () => ben.state.chat.find((message) => message.text === SECRET)?.seq;
      const isRefused = () => ben.received.some((message) => message.type === "refused");
      // If another event happened meanwhile, the message has another seq, and is still to be deleted.
      await ben.until(() => textOf(ben, next) === null || isRefused() && posted() !== undefined);
      if (textOf(ben, next) !== null) await ben.ask({ type: "chat.delete", messageSeq: posted()! });
      assert.doesNotMatch(await stored(), new RegExp(SECRET));
    });
    await Promise.all(everyone.map((one) => one.close()));
    assert.deepEqual(edge.complaints, []);
  });
}
