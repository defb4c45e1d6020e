import assert from "node:assert/strict";
import type { MeetingCreated } from "@tafelrunde/protocol/http";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { ANSWERS_TOGETHER_MS, notifyAnswers } from "./answers.ts";
import { type MeetingsRig, type Person, plan, serveMeetings } from "./meeting_for_tests.ts";

const ENV = { SMTP_URL: "smtp://localhost", MAIL_FROM: "Tafelrunde <meet@example.org>" };

/** Takes the queued mails about answers: recipient, and who answered what. */
async function takeMails(db: Db): Promise<string[]> {
  const rows = await db.selectFrom("outbox").select("body").orderBy("created_at").execute();
  await db.deleteFrom("outbox").execute();
  return rows.map(({ body }) => body as { kind: string; to: { address: string }; text: string })
    .filter(({ kind }) => kind === "meeting.answered")
    .map(({ to, text }) =>
      `${to.address}: ${text.match(/^.*: (kommt|kommt nicht|kommt vielleicht)$/gm)?.join(", ")}`
    );
}

testOnStores("[D12] the owner of a meeting is notified of answers", async (opened, t) => {
  const { db } = opened.store;
  using rig: MeetingsRig = await serveMeetings(db, ENV);
  const notify = (other: Db = db) => notifyAnswers({ ...rig.service, db: other, now: () => rig.now });
  const [anna, ben, cem] = [
    await rig.addPerson("Anna"),
    await rig.addPerson("Ben"),
    await rig.addPerson("Cem"),
  ];
  const meet = (wish = {}) =>
    plan(anna, { time: null, invite: [{ account: ben.id }, { account: cem.id }], ...wish });
  const answer = async (person: Person, { id }: MeetingCreated, said: string) => {
    const { status } = await person.ask("PUT", `/v1/meetings/${id}/answer`, { answer: said });
    assert.equal(status, 204);
    rig.now += 1_000;
  };

  await t.step("at once, then all of ten minutes in one mail", async () => {
    const meeting = await meet();
    await answer(ben, meeting, "accepted");
    await notify();
    assert.deepEqual(await takeMails(db), ["anna@example.org: Ben: kommt"]);
    await answer(cem, meeting, "tentative");
    await answer(ben, meeting, "declined");
    await notify();
    assert.deepEqual(await takeMails(db), []);
    rig.now += ANSWERS_TOGETHER_MS;
    await notify();
    assert.deepEqual(await takeMails(db), ["anna@example.org: Cem: kommt vielleicht, Ben: kommt nicht"]);
    rig.now += ANSWERS_TOGETHER_MS;
    await notify();
    assert.deepEqual(await takeMails(db), []);
  });

  await t.step("the same answer again causes no mail", async () => {
    const meeting = await meet();
    await answer(ben, meeting, "accepted");
    await notify();
    await takeMails(db);
    await answer(ben, meeting, "accepted");
    rig.now += ANSWERS_TOGETHER_MS;
    await notify();
    assert.deepEqual(await takeMails(db), []);
  });

  await t.step("edges that check at the same time send one mail", async () => {
    const meeting = await meet();
    await answer(ben, meeting, "accepted");
    const { db: other } = await opened.again();
    await Promise.all([notify(), notify(other), notify(), notify(other)]);
    assert.deepEqual(await takeMails(db), ["anna@example.org: Ben: kommt"]);
  });

  await t.step("an answer given while the mail is written is in the next one", async () => {
    const meeting = await meet();
    await answer(ben, meeting, "accepted");
    await notify();
    // Another edge's clock is slow.
    rig.now -= 60_000;
    await answer(cem, meeting, "accepted");
    rig.now += 60_000 + ANSWERS_TOGETHER_MS;
    await notify();
    assert.deepEqual(await takeMails(db), ["anna@example.org: Ben: kommt", "anna@example.org: Cem: kommt"]);
  });

  await t.step("answers to a series are not sent again for its later part", async () => {
    const time = {
      start: "2026-04-06T10:00",
      timeZone: "Europe/Berlin",
      durationMinutes: 60,
      recurrence: "FREQ=WEEKLY",
    };
    const meeting = await meet({ time });
    await answer(ben, meeting, "accepted");
    await notify();
    const { body: later } = await anna.ask<MeetingCreated>(
      "PUT",
      `/v1/meetings/${meeting.id}/following/2026-04-20T10:00?notify=false`,
      { title: "Anders" },
    );
    await takeMails(db);
    await answer(cem, later, "declined");
    rig.now += ANSWERS_TOGETHER_MS;
    await notify();
    assert.deepEqual(await takeMails(db), ["anna@example.org: Cem: kommt nicht"]);
  });

  await t.step("not to owners who do not want it, nor about a cancelled meeting", async () => {
    const off = await meet();
    await answer(ben, off, "accepted");
    await anna.ask("POST", `/v1/meetings/${off.id}/cancel?notify=false`);
    await notify();
    await db.updateTable("account").set({ mails_answers: false }).where("id", "=", anna.id).execute();
    await answer(ben, await meet(), "accepted");
    await notify();
    assert.deepEqual(await takeMails(db), []);
  });
});
