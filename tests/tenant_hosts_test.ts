/**
 * Two tenants with their own host names, beside the installation's: each name works completely and
 * separately.
 */
import assert from "node:assert/strict";
import { type AccountId, newRowId, type TenantId } from "@tafelrunde/protocol";
import { WebSocket } from "ws";
import { PasswordHasher } from "../edge/identity/password/hasher.ts";
import { startTestProvider } from "../edge/identity/oidc/provider_for_tests.ts";
import { startSmtpSink } from "../edge/mail/smtp_sink_for_tests.ts";
import { insertAccount } from "../edge/store/account.ts";
import { setPassword } from "../edge/store/password.ts";
import type { Db } from "../edge/store/schema.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { DEFAULT_TENANT } from "../edge/store/tenant.ts";
import { type Serving, startTestEdge } from "./edge_rig.ts";
import { ask, cookiesOf } from "./raw_http.ts";
import { RestClient, withKey } from "./rest_client.ts";

const PORT = 8443;
const HOME = `https://meet.example.org:${PORT}`;
const PASSWORD = "Quittenbrot mit Walnuss";

interface House {
  readonly id: TenantId;
  readonly name: string;
  readonly host: string;
  readonly origin: string;
  /** Address of its one account. */
  readonly email: string;
}

async function makeHouse(db: Db, name: string, host: string): Promise<House> {
  const id = host === "" ? DEFAULT_TENANT : newRowId() as TenantId;
  if (host !== "") {
    await db.insertInto("tenant").values({ id, slug: name, name, domain: host, created_at: new Date() })
      .execute();
  }
  using hasher = new PasswordHasher();
  const accountId = newRowId() as AccountId;
  // The same person in each of them, with the same address.
  const email = "ada@example.org";
  await insertAccount(db, {
    id: accountId,
    tenantId: id,
    name: `Ada of ${name}`,
    email,
    isEmailVerified: true,
    role: "admin",
    isOperator: false,
  }, Date.now());
  const hash = await hasher.hash(PASSWORD, { kind: "newPassword", who: "test", about: "test" });
  await setPassword(db, accountId, hash, Date.now());
  const origin = host === "" ? HOME : `https://${host}:${PORT}`;
  return { id, name, host: new URL(origin).host, origin, email };
}

for (const serving of ["server", "function"] satisfies Serving[]) {
  testOnStores(
    `one origin for each tenant's own host name, everywhere: as ${serving}`,
    async ({ store }, t) => {
      const { db } = store;
      await using provider = await startTestProvider({ name: "Anna", email_verified: true });
      await using sink = await startSmtpSink();
      await using edge = await startTestEdge({
        store,
        serving,
        env: {
          PUBLIC_URL: HOME,
          TRUSTED_PROXIES: "1",
          SMTP_URL: sink.url,
          MAIL_FROM: "meet@example.org",
          OIDC_ISSUER: provider.issuer,
          OIDC_CLIENT_ID: provider.clientId,
          OIDC_CLIENT_SECRET: provider.clientSecret,
        },
      });
      const home = await makeHouse(db, "Tafelrunde", "");
      const rat = await makeHouse(db, "rat", "rat.example.org");
      const schule = await makeHouse(db, "schule", "treffen.schule.example");
      const houses = [home, rat, schule];
      const at = (house: House, more: Record<string, string> = {}) => ({ host: house.host, ...more });
      const post = (house: House, path: string, body: unknown, headers: Record<string, string> = {}) =>
        ask(`${edge.origin}${path}`, {
          method: "POST",
          headers: at(house, { origin: house.origin, ...headers }),
          body: JSON.stringify(body),
        });
      const codeOf = ({ status, text }: { status: number; text: string }) =>
        [status, (JSON.parse(text || "{}") as { code?: string }).code].filter(Boolean).join(" ");
      const signIn = async (house: House) => {
        const answer = await post(house, "/v1/auth/password", { email: house.email, password: PASSWORD });
        assert.equal(answer.status, 200, answer.text);
        assert.equal(JSON.parse(answer.text).name, `Ada of ${house.name}`, "of this house, not of another");
        return cookiesOf(answer);
      };

      await t.step("[A40] pages have the branding of the tenant whose name is requested", async () => {
        for (const house of houses) {
          for (const host of [house.host, `${new URL(house.origin).hostname}.`, house.host.toUpperCase()]) {
            const branding = await ask(`${edge.origin}/v1/branding`, { headers: { host } });
            assert.equal(JSON.parse(branding.text).name, house.name, host);
          }
          const methods = await ask(`${edge.origin}/v1/auth/methods`, { headers: at(house) });
          assert.equal(JSON.parse(methods.text).tenant.name, house.name);
        }
        const other = await ask(`${edge.origin}/v1/branding`, { headers: { host: "10.0.0.7:8080" } });
        assert.equal(JSON.parse(other.text).name, home.name);
        const forwarded = { host: "10.0.0.7:8080", "x-forwarded-host": `inner.example, ${rat.host}` };
        const named = await ask(`${edge.origin}/v1/branding`, { headers: forwarded });
        assert.equal(JSON.parse(named.text).name, rat.name, "by a proxy that names itself in Host");
        for (const host of ["meet:99999999", "[::", "a b"]) {
          const wrong = await ask(`${edge.origin}/v1/branding`, { headers: { host } });
          assert.equal(wrong.status, 400, host);
        }
      });

      await t.step(
        "[A40] each name accepts requests and sockets of its own pages, and of no other's",
        async () => {
          for (const house of houses) {
            assert.equal(codeOf(await post(house, "/v1/rooms", {})), "201");
            const dotted = house.origin.replace(`:${PORT}`, `.:${PORT}`);
            assert.equal(codeOf(await post(house, "/v1/rooms", {}, { origin: dotted })), "201");
            for (const other of houses.filter((one) => one !== house)) {
              const answer = await post(house, "/v1/rooms", {}, { origin: other.origin });
              assert.equal(codeOf(answer), "403 request.foreignOrigin", `${other.origin} at ${house.origin}`);
            }
            for (const foreign of ["null", "https://evil.example", house.origin.replace("https:", "http:")]) {
              const answer = await post(house, "/v1/rooms", {}, { origin: foreign });
              assert.equal(codeOf(answer), "403 request.foreignOrigin", foreign);
            }
          }
          for (const house of houses) {
            for (const from of houses) {
              const socket = new WebSocket(`${edge.origin.replace("http", "ws")}/v1/signal`, {
                headers: at(house, { origin: from.origin }),
              });
              const outcome = await new Promise<number>((resolve) => {
                socket.on("open", () => resolve(101));
                socket.on(
                  "unexpected-response",
                  (_request: unknown, answer: { statusCode?: number }) => resolve(answer.statusCode ?? 0),
                );
                socket.on("error", () => {});
              });
              assert.equal(outcome, house === from ? 101 : 403, `${from.origin} at ${house.origin}`);
              socket.terminate();
            }
          }
        },
      );

      await t.step(
        "[A41] created links begin with the name of the tenant that they lead to",
        async () => {
          for (const house of houses) {
            const cookie = await signIn(house);
            const made = JSON.parse((await post(house, "/v1/rooms", {}, { cookie })).text);
            assert.ok(made.url.startsWith(`${house.origin}/r/`), made.url);
            const room = await ask(`${edge.origin}/v1/rooms/${made.room}`, {
              headers: at(house, { cookie }),
            });
            assert.equal(JSON.parse(room.text).url, `${house.origin}/r/${made.room}`);
            // A program that knows the installation by another name.
            const program = await withKey(db, edge.origin, house.id);
            const { url } = await program.get<{ url: string }>("POST", `/v1/rooms/${made.room}/link`);
            assert.ok(url.startsWith(`${house.origin}/r/`), url);
            const link = await program.get<{ url: string }>("POST", `/v1/rooms/${made.room}/links`, {
              role: "participant",
            });
            assert.ok(link.url.startsWith(`${house.origin}/r/`), link.url);
            const { items } = await program.get<{ items: { url: string }[] }>("GET", "/v1/rooms");
            assert.ok(items.length > 0 && items.every((item) => item.url.startsWith(`${house.origin}/r/`)));
          }
        },
      );

      await t.step("[A41] so do all mails, whichever name was requested", async () => {
        let count = sink.taken.length;
        const linksIn = async () => {
          await sink.waitFor(++count);
          const { text = "", headers } = sink.taken[count - 1]!.email;
          const all = `${text} ${headers.map(({ value }) => value).join(" ")}`;
          return [...all.matchAll(/https?:\/\/[^/\s>]+/g)].map(([origin]) => origin);
        };
        const from = async (house: House, asking: () => Promise<{ status: number; text: string }>) => {
          const answer = await asking();
          assert.ok(answer.status < 300, answer.text);
          const links = await linksIn();
          assert.ok(links.length > 0);
          for (const link of links) assert.equal(link, house.origin);
        };
        for (const house of houses) {
          const cookie = await signIn(house);
          await from(house, () => post(house, "/v1/auth/forgotten", { email: house.email }));
          const person = { name: "Ben", email: "ben@example.org" };
          // By the installation's name, with the tenant's session.
          await from(house, () => post(home, "/v1/people", person, { cookie }));
          const time = {
            start: "2031-03-04T10:00",
            durationMinutes: 60,
            timeZone: "Europe/Berlin",
            recurrence: null,
          };
          const made = await post(home, "/v1/meetings", { title: "Rat", time }, { cookie });
          assert.equal(made.status, 201, made.text);
          const meeting = JSON.parse(made.text);
          assert.ok(meeting.url.startsWith(`${house.origin}/r/`), meeting.url);
          const guest = { email: `guest@${house.name.toLowerCase()}.example` };
          await from(
            house,
            () => post(home, `/v1/meetings/${meeting.id}/invitations`, { people: [guest] }, { cookie }),
          );
          const calendar = await ask(`${edge.origin}/v1/meetings/${meeting.id}/calendar`, {
            headers: at(home, { cookie }),
          });
          const unfolded = calendar.text.replaceAll(/\r\n[ \t]/g, "");
          assert.ok(unfolded.includes(`${house.origin}/r/${meeting.room}`), unfolded);
          for (const other of houses.filter((one) => one !== house)) {
            assert.ok(!unfolded.includes(other.origin));
          }
        }
      });

      await t.step("[A40] a provider sends people back to the name that they came from", async () => {
        for (const [n, house] of houses.entries()) {
          provider.idToken = { claims: { sub: `sub-${n}`, email: `anna-${n}@example.org` } };
          const begun = await ask(`${edge.origin}/v1/auth/oidc/oidc?returnTo=/account`, {
            headers: at(house),
          });
          const authorize = new URL(begun.headers.location!);
          assert.equal(
            authorize.searchParams.get("redirect_uri"),
            `${house.origin}/v1/auth/oidc/oidc/callback`,
          );
          const sent = await fetch(authorize, { redirect: "manual" });
          await sent.body?.cancel();
          const back = new URL(sent.headers.get("location")!);
          assert.equal(back.origin, house.origin);
          const headers = at(house, { cookie: cookiesOf(begun) });
          const ended = await ask(`${edge.origin}${back.pathname}${back.search}`, { headers });
          assert.equal(ended.headers.location, `${house.origin}/account`);
          const cookies = ended.headers["set-cookie"] ?? [];
          assert.ok(
            cookies.some((cookie) => cookie.startsWith("__Host-tafelrunde-session=")),
            String(cookies),
          );
          assert.ok(cookies.every((cookie) => !/domain=/i.test(cookie)), "bound to this name");
        }
      });

      await t.step("[A40] a passkey is for the name under which it was created", async () => {
        for (const house of houses) {
          const answer = await post(house, "/v1/auth/passkey/options", undefined);
          assert.equal(JSON.parse(answer.text).rpId, new URL(house.origin).hostname);
        }
      });

      await t.step("[A11] a request sent once with a key is the same under another name", async () => {
        const program = await withKey(db, edge.origin, rat.id);
        const headers = { "idempotency-key": crypto.randomUUID() };
        const first = await program.get<{ room: string }>("POST", "/v1/rooms", {}, headers);
        const other = new RestClient(edge.origin.replace("127.0.0.1", "localhost"), program.headers);
        const again = await other.get<{ room: string }>("POST", "/v1/rooms", {}, headers);
        assert.equal(again.room, first.room);
      });
    },
  );
}
