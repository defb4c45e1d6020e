import assert from "node:assert/strict";
import type { TrackId } from "@tafelrunde/protocol";
import { makeKeyedHash } from "../keyed_hash.ts";
import { LIMITS } from "../limit_table.ts";
import { Limits } from "../limits.ts";
import { makeMetrics } from "../metrics.ts";
import { addressKey } from "../network_address.ts";
import type { Db } from "../store/schema.ts";
import { type PeerUp, takePeerPoints } from "./peer_messages.ts";

const keyedHash = makeKeyedHash("a key for tests and not for anything else");
const trackId = "00000000-0000-4000-8000-000000000000" as TrackId;

/** Messages within ten seconds from clients whose network fails every five, with a page of black pictures. */
const BAD_NETWORK: readonly PeerUp[] = [0, 1].flatMap((): PeerUp[] => [
  { type: "transport.restart", direction: "send" },
  { type: "transport.restart", direction: "recv" },
  { type: "peer.check" },
]);
const DARK: readonly PeerUp[] = Array.from({ length: 45 * 4 }, () => ({ type: "track.refresh", trackId }));

function makeLimits() {
  const limits = new Limits({ metrics: makeMetrics(), db: {} as Db, keyedHash, now: () => 0 });
  const countTaken = async (device: string, address: string, messages: readonly PeerUp[]) => {
    let taken = 0;
    for (const message of messages) {
      const client = { device, address: addressKey(address), caller: { kind: "nobody" } as const };
      if (await takePeerPoints(limits, client, message) === undefined) taken++;
    }
    return taken;
  };
  return countTaken;
}

Deno.test("[Q10] every message about media takes a share of its browser, and none of another's", async () => {
  const flood: readonly PeerUp[] = Array.from({ length: 1_000 }, () => ({ type: "peer.check" }));
  const countTaken = makeLimits();
  assert.equal(await countTaken("a", "192.0.2.1", flood), LIMITS["media.person"].points / 5);
  assert.equal(await countTaken("a", "192.0.2.2", [{ type: "peer.settled", nodeId: "n" as never }]), 0);
  assert.equal(await countTaken("b", "192.0.2.1", flood.slice(0, 10)), 10);
});

Deno.test("[Q10] an address has one share over all its browsers, and other addresses have their own", async () => {
  const countTaken = makeLimits();
  const flood: readonly PeerUp[] = Array.from(
    { length: 60 },
    () => ({ type: "transport.restart", direction: "send" }),
  );
  let taken = 0;
  for (let n = 0; n < 300; n++) taken += await countTaken(`browser ${n}`, "192.0.2.1", flood);
  assert.equal(taken, LIMITS["media.address"].points / 5);
  assert.equal(await countTaken("another", "192.0.2.2", flood), flood.length);
});

Deno.test("[Q10] a thousand browsers of one address with a bad network never reach its limit", async () => {
  const countTaken = makeLimits();
  for (let n = 0; n < 1_000; n++) {
    assert.equal(await countTaken(`browser ${n}`, "192.0.2.1", BAD_NETWORK), BAD_NETWORK.length);
  }
  const all = [...BAD_NETWORK, ...DARK];
  assert.equal(await countTaken("with dark pictures", "192.0.2.2", all), all.length);
});
