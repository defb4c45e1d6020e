import assert from "node:assert/strict";
import { CLOSE, type TenantId } from "@tafelrunde/protocol";
import type { RoomCreated } from "@tafelrunde/protocol/http";
import { makeLocalBus } from "../edge/bus/local.ts";
import { testOnStores } from "../edge/store/store_for_tests.ts";
import { BUS_KINDS, startBackbone } from "./cluster_rig.ts";
import { startTestEdge, type TestEdge } from "./edge_rig.ts";
import { makeTenant, type RestClient, signIn } from "./rest_client.ts";
import { SignalClient } from "./signal_client.ts";

/** Two edges of one cluster, and a room of the tenant with a guest in it. */
interface House {
  readonly db: Parameters<typeof signIn>[0];
  readonly tenant: TenantId;
  readonly first: TestEdge;
  readonly second: TestEdge;
  readonly room: RoomCreated;
  readonly guest: SignalClient;
}

const hasClosed = async (client: SignalClient, name: keyof typeof CLOSE) => {
  await client.until(() => client.closed !== undefined);
  assert.equal(client.closed!.code, CLOSE[name].code, client.closed!.reason);
};

const sittingDown = ({ db, tenant, first }: House, name: string): Promise<RestClient> =>
  signIn(db, first.origin, tenant, { name, role: "admin" });

async function openHouse(db: House["db"], first: TestEdge, second: TestEdge): Promise<House> {
  const tenant = await makeTenant(db, "house");
  const owner = await signIn(db, first.origin, tenant, { name: "Otto", role: "admin" });
  const room = await owner.get<RoomCreated>("POST", "/v1/rooms", { name: "Rat" });
  const guest = await new SignalClient(room).join(second.origin, "Gast");
  return { db, tenant, first, second, room, guest };
}

/** Joins the meeting with an account, at the second edge. */
async function come(
  { room, second, guest }: House,
  { session }: RestClient,
  name: string,
) {
  const client = await new SignalClient(room, { session }).join(second.origin, name);
  await guest.until(() => client.you! in guest.state.participants);
  return client;
}

testOnStores("[U31] an ended session closes its sockets, at whatever edge they are", async (opened, t) => {
  const { store } = opened;
  await using bus = makeLocalBus();
  await using first = await startTestEdge({ store, bus });
  await using second = await startTestEdge({ store: await opened.again(), bus });
  const house = await openHouse(store.db, first, second);
  const { guest, room, db } = house;
  const isGone = (client: SignalClient) => guest.until(() => !(client.you! in guest.state.participants));

  const ends: Record<string, (person: RestClient, other: RestClient) => Promise<unknown>> = {
    "signing out": (rest) => rest.get("POST", "/v1/auth/sign-out"),
    "signing out everywhere": (rest) => rest.get("DELETE", "/v1/account/sessions"),
    "deleting one's account": (rest) => rest.get("DELETE", "/v1/account"),
    "being disabled by an admin": (rest, admin) =>
      admin.get("PATCH", `/v1/people/${rest.account}`, { isDisabled: true }, { "if-match": "*" }),
    "being deleted by an admin": (rest, admin) =>
      admin.get("DELETE", `/v1/people/${rest.account}`, undefined, { "if-match": "*" }),
  };
  for (const [name, end] of Object.entries(ends)) {
    await t.step(name, async () => {
      const anna = await sittingDown(house, "Anna");
      const ben = await sittingDown(house, "Ben");
      const [annas, bens] = [await come(house, anna, "Anna"), await come(house, ben, "Ben")];
      await end(anna, ben);
      await hasClosed(annas, "signedOut");
      await isGone(annas);
      assert.equal(bens.closed, undefined, "others stay");
      await bens.close();
    });
  }

  await t.step("in the lobby, too", async () => {
    const anna = await sittingDown(house, "Anna");
    const client = new SignalClient(room, { session: anna.session });
    await client.enter(second.origin);
    await anna.get("POST", "/v1/auth/sign-out");
    await hasClosed(client, "signedOut");
  });

  await t.step(
    "a person who returns without the account is a guest, whatever the account's role was",
    async () => {
      const owner = await signIn(db, first.origin, house.tenant, { name: "Olga" });
      const own = await owner.get<RoomCreated>("POST", "/v1/rooms", { name: "Olgas" });
      const olga = await new SignalClient(own, { session: owner.session }).join(first.origin, "Olga");
      assert.equal(olga.state.participants[olga.you!]?.role, "owner");
      olga.cut();
      await db.deleteFrom("session").where("account_id", "=", owner.account).execute();
      const again = new SignalClient(own, { device: olga.device, tab: olga.tab });
      const welcome = await again.enter(second.origin, { since: olga.state.seq });
      assert.deepEqual([welcome.joined, welcome.role, welcome.account], [false, "guest", null]);
      await again.ask({ type: "participant.join", name: "Olga" });
      await again.until(() => again.state.participants[again.you!] !== undefined);
      assert.equal(again.state.participants[again.you!]?.role, "guest");
      await again.close();
    },
  );
  assert.equal(guest.closed, undefined, "a guest's socket is never touched");
  await guest.close();
  assert.deepEqual([...first.complaints, ...second.complaints], []);
});

for (const kind of BUS_KINDS) {
  Deno.test(`[U31] the message of a sign-out is sent over ${kind}`, async () => {
    await using backbone = await startBackbone(kind);
    await using first = await startTestEdge({ env: backbone.env });
    await using second = await startTestEdge({ env: backbone.env });
    const house = await openHouse(backbone.store.db, first, second);
    const anna = await sittingDown(house, "Anna");
    const client = await come(house, anna, "Anna");
    await anna.get("POST", "/v1/auth/sign-out");
    const toldAt = Date.now();
    await hasClosed(client, "signedOut");
    console.log(`closed after ${Date.now() - toldAt} ms`);
    await house.guest.close();
  });
}
