import assert from "node:assert/strict";
import type { RoomId } from "@tafelrunde/protocol";
import { makeTestIdentityContext } from "../context_for_tests.ts";
import { HasherBusy } from "../identity/password/hasher.ts";
import { addressKey } from "../network_address.ts";
import { testOnStores } from "../store/store_for_tests.ts";
import { RoomPasswords, type RoomPasswordTry } from "./room_passwords.ts";

testOnStores("[Q2] a correct password costs nothing the second time", async ({ store: { db } }) => {
  let now = 1_000_000;
  let looked = 0;
  let isBusy = false;
  const context = await makeTestIdentityContext(db, { now: () => now });
  using _hasher = context.hasher;
  const passwords = new RoomPasswords(context, {
    verify: (password, hash) => {
      looked++;
      return isBusy ? Promise.reject(new HasherBusy()) : Promise.resolve(hash === `hash of ${password}`);
    },
  });
  const given = (more: Partial<RoomPasswordTry> = {}): RoomPasswordTry => ({
    room: "aaaa-bbbb-cccc" as RoomId,
    passwordHash: "hash of Quitte",
    password: "Quitte",
    device: crypto.randomUUID(),
    address: addressKey("192.0.2.1"),
    ...more,
  });

  const answers = await Promise.all(Array.from({ length: 40 }, () => passwords.refuse(given())));
  assert.deepEqual([answers.every((answer) => answer === null), looked], [true, 1]);
  assert.equal(await passwords.refuse(given({ address: addressKey("192.0.2.2") })), null);
  assert.equal(looked, 1);

  const another = { passwordHash: "hash of Birne" };
  assert.deepEqual(await passwords.refuse(given(another)), { refused: "password.wrong" });
  assert.equal(await passwords.refuse(given({ ...another, password: "Birne" })), null);
  assert.equal(looked, 3, "another password of the room is another");

  now += 11 * 60_000;
  assert.equal(await passwords.refuse(given()), null);
  assert.equal(looked, 4, "after ten minutes it is looked at again");

  isBusy = true;
  for (let n = 0; n < 20; n++) {
    const busy = await passwords.refuse(given({ password: `Apfel ${n}`, address: addressKey("192.0.2.3") }));
    assert.equal(busy?.refused, "password.tooFrequent");
    assert.equal(busy?.retryAfterMs, 1_000, "what was not looked at does not count");
  }
});
