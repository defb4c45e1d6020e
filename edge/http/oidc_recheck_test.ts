import assert from "node:assert/strict";
import type { AccountId } from "@tafelrunde/protocol";
import { makeLocalBus } from "../bus/local.ts";
import type { TestProvider } from "../identity/oidc/provider_for_tests.ts";
import { recheck } from "../identity/oidc/recheck.ts";
import { openSession } from "../identity/session.ts";
import { type CallersSocket, SignOuts } from "../identity/sign_outs.ts";
import type { Db } from "../store/schema.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import type { TestClient } from "./app_for_tests.ts";
import { MINUTE_MS, openHouse, readAccount, somebody } from "./oidc_house_for_tests.ts";

/** Text that many libraries send, whatever the reason. Source: RFC 6749 §5.2. */
const RFC_6749 =
  "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.";

testOnStores("[U26] a provider's refresh response decides who stays", async ({ store: { db } }, t) => {
  await using house = await openHouse(db);
  const { provider, clock, signIn, logged } = house;
  const reset = () =>
    Object.assign(provider, {
      refreshStatus: 200,
      refusal: undefined,
      challenge: undefined,
      withTokens: {},
    });
  const askAfter = async (client: TestClient, minutes: number) => {
    clock.aheadMs += minutes * MINUTE_MS;
    return await client.outcome("GET /v1/account");
  };
  const refusals: [status: number, error: string, description?: string, challenge?: string][] = [
    [400, "invalid_grant"],
    [401, "invalid_grant"],
    [400, "access_denied"],
    [400, "Access_Denied"],
    [400, "interaction_required"],
    [400, "login_required"],
    [400, "consent_required"],
    [400, "account_selection_required"],
    [400, "unmet_authentication_requirements"],
    [403, "mfa_required", "Multifactor authentication required"],
    [403, "unauthorized", "user is blocked"],
    [403, "forbidden", "The account is suspended"],
    [400, "inactive_user", "user is inactive"],
    [400, "user_disabled"],
    [404, "user_not_found"],
    [400, "registration_required"],
    [400, "invalid_token"],
    [400, "token_inactive"],
    [400, "invalid_grant", "User account is not active"],
    [400, "access_denied", "The user is blocked; try again later"],
    [401, "invalid_grant", "User disabled", 'Bearer realm="id"'],
    [401, "", "", 'Bearer error="invalid_token", error_description="revoked"'],
  ];
  for (const [status, error, description, challenge] of refusals) {
    await t.step(
      `[U26] a refusal of the person ends the session: ${status} ${error || challenge} ${description ?? ""}`,
      async () => {
        const { client } = await signIn(somebody());
        Object.assign(provider, {
          refreshStatus: status,
          refusal: error === "" ? {} : { error, error_description: description },
          challenge,
        });
        assert.equal(await askAfter(client, 11), "401 signIn.needed");
        reset();
        assert.equal(await askAfter(client, 2), "401 signIn.needed");
      },
    );
  }
  const faults: [status: number, error: string, description?: string, challenge?: string][] = [
    [500, "server_error"],
    [503, "temporarily_unavailable"],
    [400, "temporarily_unavailable"],
    [400, "server_error"],
    [401, "invalid_client"],
    [401, "invalid_client", "Client is disabled", 'Basic realm="id"'],
    [401, "", "", 'Basic realm="id"'],
    [401, "unauthorized", "Bad credentials"],
    [400, "invalid_request"],
    [400, "unauthorized_client", "Client is disabled"],
    [400, "unsupported_grant_type"],
    [400, "invalid_scope"],
    [400, "slow_down"],
    [400, "access_denied", "Too many requests, try again later"],
    [429, "access_denied"],
    [429, "too_many_requests"],
    [403, "Forbidden"],
    [404, "Realm does not exist"],
    [404, "Not Found"],
  ];
  for (const [status, error, description = "the database is away", challenge] of faults) {
    await t.step(
      `[U26] a fault that is not the person's ends nothing: ${status} ${error || challenge} ${description}`,
      async () => {
        const { client } = await signIn(somebody());
        Object.assign(provider, {
          refreshStatus: status,
          refusal: error === "" ? {} : { error, error_description: description },
          challenge,
        });
        logged.length = 0;
        assert.equal(await askAfter(client, 11), "200");
        assert.ok(logged.some(({ event, cause }) => event === "oidc.unreachable" && cause !== ""));
        assert.equal(await askAfter(client, 10 * 60), "200");
        assert.equal(await askAfter(client, 3 * 60), "401 signIn.needed", "it is believed for twelve hours");
        reset();
      },
    );
  }

  await t.step("[U26] a session is checked before half the life of its refresh token is over", async () => {
    provider.withTokens = { refresh_expires_in: 300 };
    const { client } = await signIn(somebody());
    provider.grants.length = 0;
    assert.equal(await askAfter(client, 2), "200");
    assert.deepEqual(provider.grants, []);
    assert.equal(await askAfter(client, 0.6), "200");
    assert.deepEqual(provider.grants, ["refresh_token"]);
    reset();
  });

  await t.step(
    "[U29] an admin whose group is no longer listed, or without any groups, loses the role at the next check",
    async () => {
      const claims = somebody({ groups: ["admins"] });
      for (const then of [{ groups: [] }, { groups: undefined }, { groups: null }, { groups: {} }]) {
        const { client } = await signIn(claims);
        assert.equal((await readAccount(client)).role, "admin");
        provider.idToken = { claims: { ...claims, ...then } };
        clock.aheadMs += 11 * MINUTE_MS;
        await readAccount(client);
        assert.equal((await readAccount(client)).role, "member", JSON.stringify(then));
      }
    },
  );

  await t.step("[U29] a refresh without an ID token is followed by userinfo", async () => {
    const claims = somebody({ groups: ["admins"] });
    provider.userInfo = { sub: claims.sub, groups: ["Rat"] };
    clock.aheadMs += 61 * MINUTE_MS;
    const { client } = await signIn(claims);
    assert.equal((await readAccount(client)).role, "admin");
    provider.withTokens = { id_token: undefined };
    clock.aheadMs += 11 * MINUTE_MS;
    await readAccount(client);
    assert.equal((await readAccount(client)).role, "member");
    provider.userInfo = undefined;
    reset();
  });

  await t.step(
    "[U36] tokens that expired of age need a new sign-in and end no meeting; a dismissal does",
    async () => {
      const cases: [
        minutes: number,
        refusal: { error: string; error_description?: string },
        stays: boolean,
      ][] = [
        [11, { error: "invalid_grant", error_description: "Token is not active" }, true],
        [11, { error: "invalid_grant", error_description: "Session not active" }, true],
        [70, { error: "invalid_grant" }, true],
        [11, { error: "invalid_grant" }, false],
        [11, { error: "invalid_grant", error_description: RFC_6749 }, false],
        [70, { error: "invalid_grant", error_description: RFC_6749 }, true],
        [70, { error: "invalid_grant", error_description: "Refresh token revoked or expired" }, true],
        [70, { error: "invalid_grant", error_description: `${RFC_6749} User disabled` }, false],
        [70, { error: "token_inactive" }, true],
        [11, { error: "invalid_grant", error_description: "The user's session has expired" }, true],
        [70, { error: "invalid_grant", error_description: "User account has expired" }, false],
        [70, { error: "invalid_grant", error_description: "User disabled" }, false],
        [70, { error: "access_denied" }, false],
      ];
      for (const [minutes, refusal, stays] of cases) {
        const { client } = await signIn(somebody());
        const secret = client.cookies.get("tafelrunde-session")!;
        Object.assign(provider, { refreshStatus: 400, refusal });
        const what = JSON.stringify([minutes, refusal]);
        assert.equal(await askAfter(client, minutes), "401 signIn.needed", what);
        reset();
        const open = await openSession(db, secret, house.context.now());
        assert.equal(open?.session.isLapsed ?? false, stays, what);
        if (!stays) continue;
        assert.equal(await askAfter(client, 60), "401 signIn.needed", "it stays so");
        assert.equal(
          await openSession(db, secret, house.context.now() + 12 * 60 * MINUTE_MS),
          undefined,
          "not for ever",
        );
        const { client: again } = await signIn(
          { sub: await readIdentity(db, open!.session.account.id) },
          client,
        );
        assert.equal(await again.outcome("GET /v1/account"), "200");
        const renewed = await openSession(db, again.cookies.get("tafelrunde-session")!, house.context.now());
        assert.equal(renewed?.session.id, open!.session.id, "the meeting's session goes on");
      }
    },
  );

  await t.step("[U36] a participant in a meeting who sends no requests is checked all the same", async () => {
    const { client } = await signIn(somebody());
    const secret = client.cookies.get("tafelrunde-session")!;
    const { session } = (await openSession(db, secret, house.context.now()))!;
    const gone = Promise.withResolvers<void>();
    let isOpen = true;
    const socket: CallersSocket = {
      caller: { kind: "account", account: session.account, session },
      fault: () => {},
      signOut() {
        isOpen = false;
        gone.resolve();
      },
    };
    await using bus = makeLocalBus();
    let checks = Promise.withResolvers<void>();
    const context = {
      db,
      bus,
      log: house.context.log,
      now: house.context.now,
      async recheck(due: Parameters<typeof recheck>[1]) {
        const isAdmitted = await recheck({ ...house.context, signOuts }, due);
        checks.resolve();
        return isAdmitted;
      },
    };
    await using signOuts: SignOuts = new SignOuts(context, () => isOpen ? [socket] : [], { repairMs: 20 });
    provider.grants.length = 0;
    // Nine hours without a request.
    for (let tenMinutes = 0; tenMinutes < 54; tenMinutes++) {
      clock.aheadMs += 10.5 * MINUTE_MS;
      await checks.promise;
      checks = Promise.withResolvers();
    }
    assert.ok(isOpen);
    assert.ok(provider.grants.length >= 54, `${provider.grants.length} checks`);
    Object.assign(provider, { refreshStatus: 400, refusal: { error: "access_denied" } });
    clock.aheadMs += 10.5 * MINUTE_MS;
    await gone.promise;
    reset();
  });
});

testOnStores(
  "[U26] a provider that grants a refresh without saying more is trusted, but not forever",
  async ({ store: { db } }, t) => {
    const ways: Record<string, Partial<TestProvider>> = {
      "it has no userinfo": { userInfo: undefined },
      "userinfo fails": { userInfo: 500 },
      "userinfo is somebody else's": { userInfo: { sub: "sub-eve", groups: [] } },
    };
    for (const [name, way] of Object.entries(ways)) {
      await t.step(
        `[U29] ${name}: an admin stays one for twelve hours, and stays signed in for as long as the provider confirms`,
        async () => {
          await using house = await openHouse(db);
          const { provider, clock, signIn } = house;
          Object.assign(provider, way);
          const { client } = await signIn(somebody({ groups: ["admins"] }));
          provider.withTokens = { id_token: undefined };
          const roleAfter = async (hours: number) => {
            for (let hour = 0; hour < hours; hour++) {
              clock.aheadMs += 60 * MINUTE_MS;
              assert.equal(await client.outcome("GET /v1/account"), "200", `after ${hour} hours`);
            }
            return (await readAccount(client)).role;
          };
          assert.equal(await roleAfter(11), "admin");
          assert.equal(await roleAfter(9), "member");
          Object.assign(provider, { refreshStatus: 503, refusal: { error: "temporarily_unavailable" } });
          assert.equal(await roleAfter(2), "member", "one fault ends nothing");
        },
      );
    }

    await t.step("[U29] what userinfo confirms is trusted again", async () => {
      await using house = await openHouse(db);
      const { provider, clock, signIn } = house;
      const claims = somebody({ groups: ["admins"] });
      provider.userInfo = { sub: claims.sub, groups: ["admins"] };
      const { client } = await signIn(claims);
      provider.withTokens = { id_token: undefined };
      const roleAfter = async (hours: number) => {
        clock.aheadMs += hours * 60 * MINUTE_MS;
        await readAccount(client);
        return (await readAccount(client)).role;
      };
      assert.equal(await roleAfter(10), "admin");
      provider.userInfo = 503;
      assert.equal(await roleAfter(10), "admin");
      assert.equal(await roleAfter(3), "member");
    });
  },
);

async function readIdentity(db: Db, accountId: AccountId): Promise<string> {
  const { subject } = await db.selectFrom("identity").select("subject").where("account_id", "=", accountId)
    .executeTakeFirstOrThrow();
  return subject;
}
