import assert from "node:assert/strict";
import type { AnsweredInvitation, Invitation, Meeting } from "@tafelrunde/protocol/http";
import { testOnStores } from "../store/store_for_tests.ts";
import { assertRefused, at, plan, serveMeetings, titlesOf } from "./meeting_for_tests.ts";

testOnStores("invitations", async ({ store: { db } }, t) => {
  using rig = await serveMeetings(db);
  const anna = await rig.addPerson("Anna");
  const ben = await rig.addPerson("Ben");
  const carla = await rig.addPerson("Carla");
  const roleOf = async (room: string, account: string) =>
    (await db.selectFrom("room_member").select("role").where("room_id", "=", room).where(
      "account_id",
      "=",
      account,
    )
      .executeTakeFirst())?.role;
  const invite = (id: string, people: readonly unknown[]) =>
    anna.ask<{ items: Invitation[] }>("POST", `/v1/meetings/${id}/invitations?notify=false`, { people });

  await t.step("[D7] an account has the invitation's role in the room until it is withdrawn", async () => {
    const { id, room } = await plan(anna);
    const { body } = await invite(id, [{ account: ben.id, role: "presenter" }, {
      email: "carla@example.org",
    }]);
    assert.deepEqual(body.items.map(({ account, role }) => [account, role]), [
      [ben.id, "presenter"],
      [carla.id, "participant"],
    ]);
    assert.equal(await roleOf(room, ben.id), "presenter");
    const path = `/v1/meetings/${id}/invitations/${body.items[0]!.id}`;
    assertRefused(await ben.ask("PATCH", path, { role: "moderator" }), 403, "meeting.notYours");
    assert.equal((await anna.ask("PATCH", path, { role: "moderator" })).status, 200);
    assert.equal(await roleOf(room, ben.id), "moderator");
    assert.equal((await anna.ask("DELETE", path)).status, 204);
    assert.equal(await roleOf(room, ben.id), undefined);
    assertRefused(await ben.ask("GET", `/v1/meetings/${id}`), 404, "meeting.unknown");
    assert.deepEqual(await titlesOf(ben, "list=soon"), []);
  });

  await t.step(
    "[D7] of two invitations to one room the higher role counts, and roles given directly stay",
    async () => {
      const { id, room } = await plan(anna);
      const second = await plan(anna, { room });
      await invite(id, [{ account: ben.id, role: "viewer" }]);
      const { body } = await invite(second.id, [{ account: ben.id, role: "moderator" }]);
      assert.equal(await roleOf(room, ben.id), "moderator");
      await anna.ask("DELETE", `/v1/meetings/${second.id}/invitations/${body.items[0]!.id}`);
      assert.equal(await roleOf(room, ben.id), "viewer");
      await db.updateTable("room_member").set({ role: "presenter" }).where("room_id", "=", room).execute();
      await invite(second.id, [{ account: ben.id, role: "moderator" }]);
      await anna.ask("DELETE", `/v1/meetings/${second.id}`);
      assert.equal(await roleOf(room, ben.id), "presenter");
    },
  );

  await t.step(
    "[D7] an address has its own link, with a role only if one was given; it ends with the invitation",
    async () => {
      const { id, room } = await plan(anna);
      const { body } = await invite(id, [
        { email: "Gast@Example.com", name: "Gast" },
        { email: "redner@example.com", role: "presenter" },
      ]);
      assert.deepEqual(body.items.map(({ account, email, role }) => [account, email, role]), [
        [null, "gast@example.com", null],
        [null, "redner@example.com", "presenter"],
      ]);
      const links = await db.selectFrom("room_link").select("role").where("room_id", "=", room)
        .where("invitation_id", "is not", null).orderBy("role").execute();
      assert.deepEqual(links.map(({ role }) => role), ["presenter", null]);
      for (const { id: invitation } of body.items) {
        await anna.ask("DELETE", `/v1/meetings/${id}/invitations/${invitation}`);
      }
      const left = await db.selectFrom("room_link").select("id").where("room_id", "=", room).execute();
      assert.equal(left.length, 1);
    },
  );

  await t.step("without a mail server, addresses are refused and accounts are not", async () => {
    const { id } = await plan(anna, { invite: [{ account: ben.id }] });
    const answer = await anna.ask("POST", `/v1/meetings/${id}/invitations`, {
      people: [{ email: "x@example.com" }],
    });
    assertRefused(answer, 409, "mail.unavailable");
    assert.equal(
      (await anna.ask("POST", `/v1/meetings/${id}/invitations`, { people: [{ account: ben.id }] })).status,
      200,
    );
    assert.deepEqual(await db.selectFrom("outbox").select("id").execute(), []);
  });

  await t.step("if an unknown person or the owner is invited, nobody is", async () => {
    const { id } = await plan(anna);
    for (const account of ["aaaaaaaaaaaaaaab", anna.id]) {
      assertRefused(await invite(id, [{ account: ben.id }, { account }]), 422, "request.invalid");
    }
    const { body } = await anna.ask<{ items: unknown[] }>("GET", `/v1/meetings/${id}/invitations`);
    assert.deepEqual(body.items, []);
  });

  await t.step("[D9] answers: signed in, and by the secret", async () => {
    const { id } = await plan(anna);
    await invite(id, [{ account: ben.id }, { account: carla.id }]);
    assert.equal((await ben.ask("PUT", `/v1/meetings/${id}/answer`, { answer: "accepted" })).status, 204);
    assert.equal((await ben.ask<Meeting>("GET", `/v1/meetings/${id}`)).body.answer, "accepted");
    assertRefused(
      await anna.ask("PUT", `/v1/meetings/${id}/answer`, { answer: "accepted" }),
      404,
      "invitation.unknown",
    );
    const row = await db.selectFrom("invitation").selectAll().where("account_id", "=", carla.id)
      .where("meeting_id", "=", id).executeTakeFirstOrThrow();
    const secret = await rig.service.sealer.open(row.secret_sealed, `invitation ${row.id}`);
    const answer = (body: unknown) =>
      rig.nobody.ask<AnsweredInvitation>("POST", "/v1/invitations/answer", body);
    const read = await answer({ secret });
    assert.deepEqual([read.status, read.body.title, read.body.answer, read.body.opensRoom], [
      200,
      "Rat",
      "none",
      false,
    ]);
    assert.equal((await answer({ secret, answer: "declined" })).body.answer, "declined");
    assertRefused(await answer({ secret: "a".repeat(22), answer: "declined" }), 404, "invitation.unknown");
    const list = await ben.ask<{ items: Invitation[] }>("GET", `/v1/meetings/${id}/invitations`);
    assert.deepEqual(list.body.items.map(({ name, answer, email }) => [name, answer, email]).sort(), [
      ["Ben", "accepted", "ben@example.org"],
      ["Carla", "declined", null],
    ]);
    await anna.ask("PATCH", `/v1/meetings/${id}`, { title: "Anders" });
    assert.equal((await ben.ask<Meeting>("GET", `/v1/meetings/${id}`)).body.answer, "accepted");
    await anna.ask("PATCH", `/v1/meetings/${id}`, { time: at("2026-03-24T10:00") });
    assert.equal((await ben.ask<Meeting>("GET", `/v1/meetings/${id}`)).body.answer, "none");
    await anna.ask("POST", `/v1/meetings/${id}/cancel`);
    assertRefused(
      await ben.ask("PUT", `/v1/meetings/${id}/answer`, { answer: "accepted" }),
      409,
      "meeting.cancelled",
    );
  });
});
