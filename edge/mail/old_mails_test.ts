import assert from "node:assert/strict";
import { newRowId } from "@tafelrunde/protocol";
import { testOnStores } from "../store/store_for_tests.ts";
import type { WrittenMail } from "./mail.ts";
import { moveOldMails } from "./old_mails.ts";

const AT = Date.parse("2026-03-23T07:00:00Z");

const mail = (subject: string): WrittenMail => ({
  kind: "meeting.invited",
  to: { name: "Ben", address: "ben@example.org" },
  subject,
  text: "Rat",
  html: "<p>Rat</p>",
});

testOnStores(
  "[B2] mails of an edge of an older release are sent by this one, once, unless that edge is sending them",
  async (opened) => {
    const { store: { db } } = opened;
    const { db: other } = await opened.again();
    const queue = async (subject: string, dueAt: number, isHeld = false) => {
      const id = newRowId();
      await db.insertInto("mail").values({
        id,
        body: JSON.stringify(mail(subject)),
        about: null,
        due_at: new Date(dueAt),
        is_held: isHeld,
        created_at: new Date(AT - 5_000),
      }).execute();
      return id;
    };
    const due = await queue("due", AT);
    const held = await queue("held", AT + 1_000, true);
    const claimed = await queue("claimed", AT + 60_000);
    const counts = await Promise.all([db, other].map((one) => moveOldMails({ db: one, now: () => AT }, 100)));
    assert.equal(counts[0]! + counts[1]!, 2);
    const left = await db.selectFrom("mail").select("id").execute();
    assert.deepEqual(left, [{ id: claimed }]);
    const rows = await db.selectFrom("outbox").selectAll().execute();
    // The same ids: what its receivers have already, they get under the same Message-ID.
    assert.deepEqual(rows.map(({ id }) => id).sort(), [due, held].sort());
    for (const row of rows) {
      assert.deepEqual([row.kind, row.variant, row.created_at.getTime()], [
        "mail",
        "meeting.invited",
        AT - 5_000,
      ]);
    }
  },
);
