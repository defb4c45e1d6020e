import assert from "node:assert/strict";
import { type LinkSecret, randomToken } from "@tafelrunde/protocol";
import type { LinkCreated, LinkForAll, MeetingCreated, RoomCreated } from "@tafelrunde/protocol/http";
import { hashSecret } from "../edge/identity/secret.ts";
import { startSmtpSink } from "../edge/mail/smtp_sink_for_tests.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { startTestEdge } from "./edge_rig.ts";
import { makeTenant, signIn } from "./rest_client.ts";
import { createRoom, roomOf, SignalClient } from "./signal_client.ts";

testOnStores(
  "[J13] a link that is a credential is not passed on: a client learns what kind its own is",
  async ({ store }, t) => {
    const { db } = store;
    await using sink = await startSmtpSink();
    const env = { SMTP_URL: sink.url, MAIL_FROM: "meet@example.org", PUBLIC_URL: "http://meet.example.org" };
    await using edge = await startTestEdge({ store, env });
    const { origin } = edge;
    const tenant = await makeTenant(db, "house");
    const anna = await signIn(db, origin, tenant, { name: "Anna" });
    const { room, url } = await anna.get<RoomCreated>("POST", "/v1/rooms", { name: "Rat" });
    const isForAll = async (link: string, one?: SignalClient) => {
      const client = one ?? new SignalClient(roomOf(link));
      const { isLinkForAll } = await client.enter(origin);
      await client.close();
      return isLinkForAll;
    };
    const make = async (link: object) => {
      const made = await anna.get<LinkCreated>("POST", `/v1/rooms/${room}/links`, link);
      return made.url;
    };
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const plain = { role: null, label: "", expiresAt: null, maxUses: null };

    await t.step("the link for all can be shared", async () => {
      assert.equal(await isForAll(url), true);
      assert.equal(await isForAll(await make(plain)), true);
      const { url: forAll } = await anna.get<LinkForAll>("POST", `/v1/rooms/${room}/link`);
      assert.equal(await isForAll(forAll), true);
      assert.equal(await isForAll((await createRoom(origin)).url), true, "a room that is nobody's");
    });

    for (
      const [what, link] of Object.entries({
        "with a moderator's role": { ...plain, role: "moderator" },
        "with a lesser role": { ...plain, role: "viewer" },
        "with a term": { ...plain, expiresAt: tomorrow },
        "for a number of people": { ...plain, maxUses: 3 },
      })
    ) {
      await t.step(`one ${what} cannot`, async () => assert.equal(await isForAll(await make(link)), false));
    }

    await t.step("nor can the link of an invitation, or none at all", async () => {
      const made = await anna.get<MeetingCreated>("POST", "/v1/meetings", { title: "Rat", time: null });
      assert.equal(await isForAll(made.url), true);
      await anna.get("POST", `/v1/meetings/${made.id}/invitations`, {
        people: [{ email: "gast@example.com" }],
      });
      // Its secret is in the mail only; another one replaces it.
      const secret = randomToken() as LinkSecret;
      await db.updateTable("room_link").set({ hash: hashSecret(secret) })
        .where("room_id", "=", roomOf(made.url).room).where("invitation_id", "is not", null).execute();
      const { room } = roomOf(made.url);
      assert.equal(await isForAll("", new SignalClient({ room, link: secret, url: "" })), false);
      const owner = new SignalClient({ ...roomOf(url), link: undefined } as never, { session: anna.session });
      assert.equal(await isForAll("", owner), false);
    });
  },
);
