import assert from "node:assert/strict";
import type { TenantId } from "@tafelrunde/protocol";
import { makeLog } from "@tafelrunde/protocol/process/log";
import { makeMailKind } from "../mail/kind.ts";
import { makeSmtpPost } from "../mail/smtp.ts";
import { type SmtpSink, startSmtpSink, type TakenMail } from "../mail/smtp_sink_for_tests.ts";
import { makeMetrics } from "../metrics.ts";
import { OutboxSender } from "../outbox/sender.ts";
import { LIMITS } from "../limit_table.ts";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { assertRefused, type MeetingsRig, plan, serveMeetings } from "./meeting_for_tests.ts";

const HOUR_MS = 3_600_000;

const FROM = "Tafelrunde <meet@example.org>";

/** Timeout for mails sent at once, ms: 200 of them, on a busy machine. */
const SENT_WITHIN_MS = 5 * 60_000;

/** Resolves when no mail is due anymore; `said`: message if that takes too long. */
async function none(
  due: () => Promise<readonly { readonly id: string }[]>,
  said: readonly string[],
): Promise<void> {
  const deadline = performance.now() + SENT_WITHIN_MS;
  for (let count = (await due()).length; count > 0; count = (await due()).length) {
    assert.ok(performance.now() < deadline, `${count} mails are due and not sent: ${said.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * Meetings, and two edges that send their mails; `sent` returns those since its last call, once all that can
 * be sent now are sent.
 */
async function startMails(db: Db) {
  const stack = new AsyncDisposableStack();
  const sink: SmtpSink = stack.use(await startSmtpSink());
  const rig: MeetingsRig = stack.use(await serveMeetings(db, { SMTP_URL: sink.url, MAIL_FROM: FROM }));
  const said: string[] = [];
  for (let n = 0; n < 2; n++) {
    const context = { ...rig.service, log: makeLog((line) => said.push(line)), metrics: makeMetrics() };
    stack.use(
      new OutboxSender(
        context,
        [
          makeMailKind(
            context,
            makeSmtpPost({ url: sink.url, from: FROM, publicUrl: "https://meet.example.org" }),
          ),
        ],
        { lookMs: 10 },
      ),
    ).start();
  }
  let seen = 0;
  const sent = async (): Promise<TakenMail[]> => {
    const due = () =>
      db.selectFrom("outbox").select("id").where("failed_at", "is", null).where(
        "due_at",
        "<=",
        new Date(rig.now + 1_300_000),
      )
        .where("is_held", "=", false).execute();
    await none(due, said);
    return sink.taken.slice(seen, seen = sink.taken.length);
  };
  /** Advances the clock; sends held mails that are due. */
  const wait = async (ms: number): Promise<TakenMail[]> => {
    rig.now += ms;
    const due = () =>
      db.selectFrom("outbox").select("id").where("failed_at", "is", null).where(
        "due_at",
        "<=",
        new Date(rig.now),
      ).execute();
    await none(due, said);
    return await sent();
  };
  return { rig, sink, sent, wait, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const readersOf = (mails: readonly TakenMail[]) => mails.map(({ to }) => to[0]).sort();

testOnStores(
  "[B7] a recipient gets a bounded number of mails, whoever sends them and however the address is spelled",
  async ({ store: { db } }, t) => {
    await using mails = await startMails(db);
    const { rig, sent, wait } = mails;
    const anna = await rig.addPerson("Anna");
    const ben = await rig.addPerson("Ben");
    const cem = await rig.addPerson("Cem");
    const spellings = [
      "Victim@Example.com",
      "victim+1@example.com",
      "victim+two@EXAMPLE.com",
      "victim@example.com",
    ];

    await t.step(
      "one member: the same invitation 40 times is one mail, and one more after five minutes",
      async () => {
        const { id } = await plan(anna);
        const people = [{ email: "victim@example.com" }];
        const invite = () => anna.ask("POST", `/v1/meetings/${id}/invitations`, { people });
        assert.equal((await invite()).status, 200);
        assert.equal((await sent()).length, 1);
        for (let n = 1; n < 40; n++) assert.equal((await invite()).status, 200);
        assert.equal((await sent()).length, 0);
        assert.equal((await wait(LIMITS["mail.same"].durationS * 1000 + 1)).length, 1);
        assert.equal((await wait(HOUR_MS)).length, 0);
      },
    );

    await t.step("one member, 20 meetings: five an hour", async () => {
      for (let n = 0; n < 20; n++) await plan(anna, { invite: [{ email: spellings[n % 4] }] });
      assert.equal((await sent()).length, LIMITS["mail.strangerPair"].points);
    });

    await t.step("three members: ten an hour, and others get theirs", async () => {
      for (const person of [ben, cem]) {
        for (let n = 0; n < 8; n++) {
          await plan(person, { invite: [{ email: spellings[n % 4] }, { email: `guest${n}@example.net` }] });
        }
      }
      const readers = readersOf(await sent());
      assert.equal(readers.filter((reader) => reader?.endsWith("example.net")).length, 16);
      assert.equal(
        readers.length - 16,
        LIMITS["mail.stranger"].points - LIMITS["mail.strangerPair"].points,
      );
    });

    await t.step("the others come later; what waits for a day is given up", async () => {
      assert.equal((await wait(HOUR_MS + 1)).length, LIMITS["mail.stranger"].points);
      for (let hour = 0; hour < 30; hour++) await wait(HOUR_MS);
      assert.deepEqual(
        await db.selectFrom("outbox").select("id").where("failed_at", "is", null).execute(),
        [],
      );
    });
  },
);

testOnStores("[B7] of several mails about the same thing the last one is sent", async ({ store: { db } }) => {
  await using mails = await startMails(db);
  const { rig, sent, wait } = mails;
  const anna = await rig.addPerson("Anna");
  await rig.addPerson("Ben");
  const { id } = await plan(anna, { invite: [{ email: "ben@example.org" }, { email: "gast@example.com" }] });
  await sent();
  for (const title of ["one", "two", "three"]) {
    await anna.ask("PATCH", `/v1/meetings/${id}`, { title });
    const now = await sent();
    assert.equal(now.length, title === "one" ? 2 : 0, title);
  }
  const later = await wait(LIMITS["mail.same"].durationS * 1000 + 1);
  assert.deepEqual(later.map(({ email }) => email.subject), ["Geändert: three", "Geändert: three"]);
  await anna.ask("PATCH", `/v1/meetings/${id}`, { title: "four" });
  await anna.ask("POST", `/v1/meetings/${id}/cancel`);
  const subjects = (await sent()).map(({ email }) => email.subject);
  assert.deepEqual(subjects, ["Abgesagt: four", "Abgesagt: four"], "nothing is held back behind the end");
  assert.deepEqual(await wait(HOUR_MS), []);
});

testOnStores(
  "[B7] an account can mail 200 strangers a day; cancellations are always sent",
  async ({ store: { db } }) => {
    await using mails = await startMails(db);
    const { rig, sent } = mails;
    const anna = await rig.addPerson("Anna");
    const ben = await rig.addPerson("Ben");
    const { id } = await plan(anna);
    const invite = (from: number, count: number) =>
      anna.ask("POST", `/v1/meetings/${id}/invitations`, {
        people: Array.from({ length: count }, (_, n) => ({ email: `g${from + n}@example.com` })),
      });
    for (let n = 0; n < 4; n++) assert.equal((await invite(50 * n, 50)).status, 200);
    const refused = await invite(200, 1);
    assertRefused(refused, 429, "mail.tooFrequent");
    assert.ok(Number(refused.headers.get("retry-after")) > 0);
    assertRefused(await anna.ask("PATCH", `/v1/meetings/${id}`, { title: "x" }), 429, "mail.tooFrequent");
    assert.equal((await anna.ask("PATCH", `/v1/meetings/${id}?notify=false`, { title: "y" })).status, 200);
    assert.equal((await sent()).length, 200);
    await plan(ben, { invite: [{ email: "g1@example.com" }] });
    assert.equal((await sent()).length, 1, "another account has its own");
    assert.equal((await anna.ask("POST", `/v1/meetings/${id}/cancel`)).status, 200);
    assert.equal((await sent()).length, 200);
    rig.now += 24 * HOUR_MS;
    await plan(anna, { invite: [{ email: "new@example.com" }] });
    assert.equal((await sent()).length, 1, "another day");
  },
);

testOnStores("[B8] a recipient without an account stops and resumes mails", async ({ store: { db } }, t) => {
  await using mails = await startMails(db);
  const { rig, sent, wait } = mails;
  const anna = await rig.addPerson("Anna");
  await rig.addPerson("Ben");
  const other = "bbbbbbbbbbbbbbbb" as TenantId;
  await db.insertInto("tenant").values({ id: other, slug: "other", name: "Other", created_at: new Date(0) })
    .execute();
  const olga = await rig.addPerson("Olga", { tenantId: other });
  const inviteAll = async () => {
    for (const person of [anna, olga]) {
      await plan(person, { invite: [{ email: "ben@example.org" }, { email: "Gast+x@example.com" }] });
    }
    const went = await sent();
    rig.now += HOUR_MS + 1;
    return went;
  };
  let token = "";
  let path = "";
  const wish = (stop?: string, secret = token) =>
    rig.nobody.ask<{ stop: string; tenant: { name: string } }>("POST", "/v1/mails/wishes", {
      secret,
      ...stop && { stop },
    });

  await t.step("each mail to a stranger has a link and the header, others have none", async () => {
    const went = await inviteAll();
    assert.deepEqual(readersOf(went), [
      "ben@example.org",
      "ben@example.org",
      "gast+x@example.com",
      "gast+x@example.com",
    ]);
    // Olga's Ben is a stranger to her tenant, too.
    const listed = went.filter(({ email }) => email.headers.some(({ key }) => key === "list-unsubscribe"));
    assert.equal(listed.length, 3);
    const mail = listed.find(({ raw, to }) =>
      to[0] === "gast+x@example.com" && /von Anna|Anna lädt/.test(raw)
    ) ??
      went.find(({ email, to }) => to[0] === "gast+x@example.com" && email.text!.includes("Anna"))!;
    const header = (name: string) => mail.email.headers.find(({ key }) => key === name)?.value ?? "";
    assert.equal(header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    path = /^<https:\/\/meet\.example\.org(\/v1\/mails\/stop\/([0-9a-z]+))>$/.exec(
      header("list-unsubscribe"),
    )![1]!;
    token = path.split("/").at(-1)!;
    assert.match(mail.email.text!, new RegExp(`https://meet\\.example\\.org/stop#${token}\n`));
    assert.doesNotMatch(token, /gast/);
  });

  await t.step("opening the link changes nothing", async () => {
    const { status, headers } = await rig.nobody.ask("GET", path);
    assert.deepEqual([status, headers.get("location")], [303, `https://meet.example.org/stop#${token}`]);
    assert.deepEqual((await wish()).body, { tenant: { name: "Tafelrunde" }, stop: "none" });
  });

  await t.step("one click stops the tenant's mails to the address in all its spellings", async () => {
    const one = await rig.nobody.ask("POST", path, undefined, {
      "content-type": "application/x-www-form-urlencoded",
      origin: "https://mail.example.net",
    });
    assert.equal(one.status, 204);
    assert.equal((await wish()).body.stop, "tenant");
    await plan(anna, { invite: [{ email: "gast@example.com" }] });
    assert.equal((await sent()).length, 0);
    assert.deepEqual(readersOf(await inviteAll()), [
      "ben@example.org",
      "ben@example.org",
      "gast+x@example.com",
    ]);
  });

  await t.step("all mails of the installation, and none anymore", async () => {
    assert.equal((await wish("all")).body.stop, "all");
    assert.deepEqual(readersOf(await inviteAll()), ["ben@example.org", "ben@example.org"]);
    assert.equal((await wish("none")).body.stop, "none");
    assert.equal((await inviteAll()).length, 4);
  });

  await t.step("queued mails are not sent either once they are stopped", async () => {
    for (let n = 0; n < 7; n++) await plan(anna, { invite: [{ email: "gast@example.com" }] });
    assert.equal((await sent()).length, 5);
    await wish("tenant");
    assert.deepEqual(await wait(2 * HOUR_MS), []);
    await wish("none");
  });

  await t.step("the link cannot be forged, and stops mails for nobody else", async () => {
    const forged = [
      token.slice(0, 64) + other,
      "0".repeat(32) + token.slice(32),
      token.slice(0, 32) + "f".repeat(32) + token.slice(64),
    ];
    for (const secret of forged) {
      assertRefused(await wish("all", secret), 404, "mailStop.unknown");
      assertRefused(await rig.nobody.ask("POST", `/v1/mails/stop/${secret}`), 404, "mailStop.unknown");
    }
    assert.deepEqual(await db.selectFrom("mail_stop").selectAll().execute(), []);
    await wish("tenant");
    const stored = JSON.stringify(await db.selectFrom("mail_stop").selectAll().execute());
    assert.doesNotMatch(stored, /gast|example/);
  });
});
