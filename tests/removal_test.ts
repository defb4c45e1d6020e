import assert from "node:assert/strict";
import { CLOSE, type RoomId } from "@tafelrunde/protocol";
import type { Invitation, Meeting, MeetingCreated, RoomCreated } from "@tafelrunde/protocol/http";
import { makeLocalBus } from "../edge/bus/local.ts";
import { startSmtpSink } from "../edge/mail/smtp_sink_for_tests.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, type RestClient, signIn } from "./rest_client.ts";
import { SignalClient } from "./signal_client.ts";

const ANY = { "if-match": "*" };
const AHEAD = { start: "2031-03-03T10:00", timeZone: "Europe/Berlin", durationMinutes: 60 };
const OVER = { ...AHEAD, start: "2020-03-03T10:00" };

testOnStores("[D11] deleted meetings are cancelled, and end for their participants", async (opened, t) => {
  const { store } = opened;
  await using sink = await startSmtpSink();
  await using bus = makeLocalBus();
  const env = {
    SMTP_URL: sink.url,
    MAIL_FROM: "Tafelrunde <meet@example.org>",
    PUBLIC_URL: "http://meet.example.org",
  };
  await using edge = await startTestEdge({ store, bus, env });
  await using second = await startTestEdge({ store: await opened.again(), bus, env });
  const { origin } = edge;
  const { db } = store;
  const tenant = await makeTenant(db, "house");
  const sitDown = (name: string, role: "admin" | "member" = "member") =>
    signIn(db, origin, tenant, { name, role });
  const come = async (person: RestClient, room: RoomId, name: string) => {
    const url = `http://meet.example.org/r/${room}`;
    const client = new SignalClient({ room, url } as RoomCreated, { session: person.session });
    return await client.join(second.origin, name);
  };
  const plan = async (person: RestClient, wish: object) => {
    // Removes the rate limit of mails per hour, which this test does not cover.
    await db.deleteFrom("rate_counter").execute();
    return await person.get<MeetingCreated>("POST", "/v1/meetings", {
      title: "Rat",
      time: AHEAD,
      invite: [{ email: "gast@example.com" }],
      ...wish,
    });
  };
  /** The mails that an action sends: subjects, and the methods of their calendars. */
  const mailsOf = async (act: () => Promise<unknown>) => {
    await sent();
    const before = sink.taken.length;
    await act();
    await sent();
    return sink.taken.slice(before).map(({ to, email }) => {
      const part = email.attachments.find(({ mimeType }) => mimeType === "text/calendar");
      const content = part?.content ?? "";
      const text = typeof content === "string" ? content : new TextDecoder().decode(content);
      return `${to[0]} ${/METHOD:(\w+)/.exec(text)?.[1]} ${/SEQUENCE:(\d+)/.exec(text)?.[1]}`;
    }).sort();
  };
  const sent = async () => {
    const due = () => db.selectFrom("outbox").select("id").where("is_held", "=", false).execute();
    while ((await due()).length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  await t.step("a room: its future meetings are cancelled, once, and the current one ends", async () => {
    const anna = await sitDown("Anna");
    const made = await anna.get<RoomCreated>("POST", "/v1/rooms", { name: "Saal" });
    await plan(anna, { room: made.room });
    await plan(anna, { room: made.room, title: "Permanent", time: null });
    await plan(anna, { room: made.room, title: "Vorbei", time: OVER });
    const known = await plan(anna, { room: made.room, title: "Abgesagt" });
    await anna.get("POST", `/v1/meetings/${known.id}/cancel`);
    const guest = await new SignalClient(made).join(second.origin, "Gast");
    const mails = await mailsOf(() =>
      Promise.all([1, 2].map(() => anna.ask("DELETE", `/v1/rooms/${made.room}`, undefined, ANY)))
    );
    assert.deepEqual(mails, ["gast@example.com CANCEL 1", "gast@example.com undefined undefined"]);
    await guest.until(() => guest.closed !== undefined);
    assert.equal(guest.closed?.code, CLOSE.ended.code);
  });

  await t.step("an account: its meetings, and those in its rooms", async () => {
    for (const by of ["oneself", "an admin"]) {
      const [anna, otto, ben] = [
        await sitDown("Anna", "admin"),
        await sitDown("Otto", "admin"),
        await sitDown("Ben"),
      ];
      const own = await plan(anna, { invite: [{ account: ben.account }] });
      const saal = await otto.get<RoomCreated>("POST", "/v1/rooms", { name: "Saal" });
      await plan(anna, { room: saal.room, invite: [{ account: ben.account, role: "moderator" }] });
      await plan(otto, { room: own.room, title: "Ottos" });
      await plan(otto, { title: "bleibt" });
      const bens = await come(ben, saal.room, "Ben");
      assert.equal(bens.state.participants[bens.you!]?.role, "moderator");
      const guest = await new SignalClient({ room: own.room, link: own.link!, url: own.url }).join(
        second.origin,
        "Gast",
      );
      const mails = await mailsOf(() =>
        by === "oneself"
          ? anna.get("DELETE", "/v1/account")
          : otto.get("DELETE", `/v1/people/${anna.account}`, undefined, ANY)
      );
      const bensAddress = `${ben.account}@example.org`;
      assert.deepEqual(
        mails,
        [
          ...[`${bensAddress} CANCEL 1`, `${bensAddress} CANCEL 1`],
          "gast@example.com CANCEL 1",
        ].sort(),
      );
      await guest.until(() => guest.closed !== undefined);
      assert.equal(guest.closed?.code, CLOSE.ended.code);
      await bens.until(() => bens.state.participants[bens.you!]?.role === "participant");
      await bens.close();
    }
  });

  await t.step("a meeting: roles that people got through it are lost at once", async () => {
    const [anna, ben] = [await sitDown("Anna"), await sitDown("Ben")];
    const saal = await anna.get<RoomCreated>("POST", "/v1/rooms", { name: "Saal" });
    const { id } = await plan(anna, {
      room: saal.room,
      invite: [{ account: ben.account, role: "presenter" }],
    });
    const bens = await come(ben, saal.room, "Ben");
    assert.equal(bens.state.participants[bens.you!]?.role, "presenter");
    const mails = await mailsOf(() => anna.get("DELETE", `/v1/meetings/${id}`, undefined, ANY));
    assert.deepEqual(mails, [`${ben.account}@example.org CANCEL 1`]);
    await bens.until(() => bens.state.participants[bens.you!]?.role === "participant");
    await bens.close();
  });

  await t.step(
    "[D8] a room created with it stays as long as another meeting is planned there",
    async () => {
      const anna = await sitDown("Anna");
      const one = await plan(anna, {});
      const other = await plan(anna, { room: one.room, title: "Danach" });
      const mails = await mailsOf(() => anna.get("DELETE", `/v1/meetings/${one.id}`, undefined, ANY));
      assert.deepEqual(mails, ["gast@example.com CANCEL 1"]);
      assert.equal((await anna.get<Meeting>("GET", `/v1/meetings/${other.id}`)).cancelledAt, null);
      await anna.get("DELETE", `/v1/meetings/${other.id}`, undefined, ANY);
      assert.deepEqual(await anna.fail("GET", `/v1/rooms/${one.room}`), [404, "room.unknown"]);
    },
  );

  await t.step("an account whose deletion is refused loses nothing, and no one is notified", async () => {
    const other = await makeTenant(db, "other");
    const admin = await signIn(db, origin, other, { role: "admin" });
    await signIn(db, origin, other);
    const { id } = await plan(admin, {});
    const mails = await mailsOf(async () =>
      assert.deepEqual(await admin.fail("DELETE", "/v1/account"), [409, "account.lastAdmin"])
    );
    assert.deepEqual(mails, []);
    assert.equal((await admin.get<Meeting>("GET", `/v1/meetings/${id}`)).cancelledAt, null);
    const { items } = await admin.get<{ items: Invitation[] }>("GET", `/v1/meetings/${id}/invitations`);
    assert.equal(items.length, 1);
  });
  assert.deepEqual([...edge.complaints, ...second.complaints], []);
});
