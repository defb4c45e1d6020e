import assert from "node:assert/strict";
import { makeKeyedHash } from "./keyed_hash.ts";
import { type Limit, type LimitName, LIMITS } from "./limit_table.ts";
import { Limits, SOCKETS_PER_ADDRESS } from "./limits.ts";
import { makeMetrics } from "./metrics.ts";
import { addressKey } from "./network_address.ts";
import type { Db } from "./store/schema.ts";

const keyedHash = makeKeyedHash("a key for tests and not for anything else");
const DAY_MS = 86_400_000;

Deno.test("no address is remembered for longer than a limit's time, however many come, and none for longer than a day", async () => {
  let at = 0;
  const limits = new Limits({ metrics: makeMetrics(), db: {} as Db, keyedHash, now: () => at });
  const own = Object.entries(LIMITS).filter(([, limit]) => !("isShared" in limit));
  for (const [name] of own) {
    for (let n = 0; n < 100; n++) await limits.take(name as LimitName, `10.0.0.${n}`);
  }
  assert.equal(limits.keys, 100 * own.length);
  for (const { durationS } of own.map(([, limit]) => limit).sort((a, b) => a.durationS - b.durationS)) {
    at = 1_000 * durationS;
    limits.tend();
    assert.equal(limits.keys, 100 * own.filter(([, limit]) => limit.durationS > durationS).length);
  }
  assert.equal(limits.keys, 0);
  assert.ok(at <= DAY_MS);
});

/** A /64 network: the `n`th one of a home (/56), or one of the `n`th home of an office (/48). */
const NETWORKS = {
  "a home": (n: number) => `2001:db8:1:${(0x4200 + n).toString(16)}::1`,
  "an office": (n: number) => `2001:db8:1:${(n * 256).toString(16)}::1`,
};

Deno.test("[Q1] a client with many addresses of a wider IPv6 network has a few shares of each limit per address, and others have theirs", async () => {
  const own = Object.entries<Limit>(LIMITS).filter(([, { per, isShared }]) =>
    /an address/.test(per) && !isShared
  );
  assert.ok(own.length > 5);
  for (const [name, { points, ofNetwork }] of own) {
    for (const [network, addressOf] of Object.entries(NETWORKS)) {
      const limits = new Limits({ metrics: makeMetrics(), db: {} as Db, keyedHash, now: () => 0 });
      const takeAll = async (address: string) =>
        await limits.takeOf(name as LimitName, addressKey(address), { points }) === undefined;
      let shares = 0;
      for (let n = 0; n < 100; n++) if (await takeAll(addressOf(n))) shares++;
      const most = ofNetwork === undefined ? Infinity : Math.max(1, Math.floor(ofNetwork / points));
      assert.equal(shares, Math.min(network === "a home" ? 4 : 16, most), `${name}, ${network}`);
      assert.ok(await takeAll("2001:db8:2::1"), "another network");
      for (let n = 0; n < 100; n++) assert.ok(await takeAll(`192.0.2.${n}`), "each IPv4 address");
    }
  }
});

Deno.test("[Q1] an address without points takes none of the networks around it", async () => {
  const limits = new Limits({ metrics: makeMetrics(), db: {} as Db, keyedHash, now: () => 0 });
  const { points } = LIMITS["secret.wrong"];
  for (let n = 0; n < points * 20; n++) await limits.takeOf("secret.wrong", addressKey("2001:db8:1:1::1"));
  assert.equal(await limits.takeOf("secret.wrong", addressKey("2001:db8:1:2::1")), undefined);
});

Deno.test("[Q1] open sockets are also counted for the networks around an address, and forgotten with the last one", () => {
  const limits = new Limits({ metrics: makeMetrics(), db: {} as Db, keyedHash, now: () => 0 });
  const held: (() => void)[] = [];
  for (let n = 0; n < 10 * SOCKETS_PER_ADDRESS; n++) {
    const release = limits.holdSocket(addressKey(NETWORKS["a home"](n % 256)));
    if (release !== undefined) held.push(release);
  }
  assert.equal(held.length, 4 * SOCKETS_PER_ADDRESS);
  assert.notEqual(limits.holdSocket(addressKey("2001:db8:1:43ff::1")), undefined, "the next home");
  for (const release of held) release();
  assert.notEqual(limits.holdSocket(addressKey(NETWORKS["a home"](0))), undefined);
});
