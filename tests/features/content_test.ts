import assert from "node:assert/strict";
import { newCommandId, type Sealed } from "@tafelrunde/protocol";
import { testInRoom } from "./two_edges.ts";

const SEALED: Sealed = { sealed: "c2VhbGVkIHRleHQ", epoch: 4, sender: 1 };
const OTHER: Sealed = { ...SEALED, sealed: "b3RoZXI" };

testInRoom(
  "[Y1] [Y2] sealed content reaches everyone as it was sent, through both edges, in events, snapshots and pages",
  async ({ olga, ben, join }) => {
    const posted = await ben.ask({ type: "chat.post", text: SEALED });
    assert.equal(posted.type, "chat.posted");
    const opened = await olga.ask({
      type: "poll.open",
      question: SEALED,
      options: [SEALED, OTHER, { text: "Salad" }],
      isMultiple: false,
      results: "live",
      names: "named",
      lastsMs: null,
    });
    assert.equal(opened.type, "poll.opened");
    const cem = await join("Cem");
    await ben.until(() => ben.state.seq >= olga.state.seq);
    for (const one of [olga, ben, cem]) {
      assert.deepEqual(one.state.chat.map(({ text }) => text), [SEALED]);
      const [poll] = Object.values(one.state.poll);
      assert.deepEqual([poll!.question, poll!.options], [SEALED, [SEALED, OTHER, { text: "Salad" }]]);
    }
    cem.send({ type: "chat.before", id: newCommandId(), before: olga.state.seq });
    await cem.until(() => cem.received.some(({ type }) => type === "chat.page"));
    const page = cem.received.find((message) => message.type === "chat.page")!;
    assert.deepEqual(page.messages.map(({ text }) => text), [SEALED]);
    const tooLong = await ben.ask({ type: "chat.post", text: { ...SEALED, sealed: "A".repeat(20_000) } });
    assert.equal(tooLong.type === "refused" && tooLong.code, "chat.tooLong");
    const { seq } = posted as { seq: number };
    await ben.ask({ type: "chat.delete", messageSeq: seq });
    await olga.until(() => olga.state.chat[0]!.text === null);
  },
);
