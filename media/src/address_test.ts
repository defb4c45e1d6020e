import assert from "node:assert/strict";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { test } from "node:test";
import { WebSocket } from "ws";
import { makeCertificate } from "./test_certificate.ts";
import { startSite, TestRoom, type TestSite } from "./test_cluster.ts";
import { until } from "./test_edge.ts";
import { freePort, startTestNode } from "./test_node.ts";
import { newRoomId } from "./test_person.ts";
import { RtpSink, RtpSource } from "./test_rtp.ts";

const hasIpv6 = Object.values(networkInterfaces()).flat().some((one) => one?.address === "::1");

/**
 * Waits until packets flow from one node to another; returns the addresses of the pipe, the sender's first.
 */
async function pipeBetween(from: TestSite, to: TestSite): Promise<string[]> {
  const room = new TestRoom(newRoomId());
  await room.put(from, to);
  const ada = await room.enter(from);
  const here = from.running.node.rooms.get(room.id)!;
  await using source = await RtpSource.publish(here, ada);
  const ben = await room.enter(to);
  await ben.show([source.trackId, 720]);
  const there = to.running.node.rooms.get(room.id)!;
  await using sink = await RtpSink.consume(there, source.trackId);
  const timer = setInterval(() => source.send(), 5);
  try {
    await until("packets", () => sink.arrivals.length > 20);
  } finally {
    clearInterval(timer);
  }
  return [here, there].flatMap(({ pipes }) => pipes.ports().map(({ address }) => address.ip));
}

test(
  "[N3] edges, browsers and other nodes reach an IPv6-only node",
  { skip: !hasIpv6 },
  async () => {
    const ipv6 = { CONTROL_HOST: "::1", RTC_LISTEN: "::1", PROBE_HOST: "::1", PROBE_PORT: "0" };
    await using fra = await startSite("fra", ipv6);
    await using ber = await startSite("ber", ipv6);
    assert.match(fra.address.privateUrl!, /^ws:\/\/\[::1\]:\d+$/);
    assert.match(fra.running.profile.probeUrl!, /^ws:\/\/\[::1\]:\d+\/probe$/);
    const room = new TestRoom(newRoomId());
    await room.put(fra);
    const ada = await room.enter(fra);
    const { send } = await ada.open();
    const candidates = send.iceCandidates as { ip?: string; address?: string; protocol: string }[];
    assert.deepEqual(
      candidates.map(({ ip, address, protocol }) => [address ?? ip, protocol]),
      [["::1", "udp"], ["::1", "tcp"]],
    );
    assert.deepEqual(await pipeBetween(fra, ber), ["::1", "::1"]);
  },
);

test("[K10] a pipe uses an IP version that both nodes have", { skip: !hasIpv6 }, async () => {
  await using both = await startSite("both", { PIPE_LISTEN: "::1,127.0.0.1" });
  await using ipv4 = await startSite("four", { PIPE_LISTEN: "127.0.0.1" });
  assert.deepEqual(await pipeBetween(both, ipv4), ["127.0.0.1", "127.0.0.1"]);
  assert.deepEqual(await pipeBetween(ipv4, both), ["127.0.0.1", "127.0.0.1"]);
});

test("[K10] nodes of one private network connect over its addresses, others over public ones", async () => {
  using certificate = makeCertificate();
  const start = async (name: string, network: string, pipes: { own: string; others: string }) => {
    const CONTROL_PORT = await freePort();
    return await startSite(name, {
      ...certificate.trusted,
      NETWORK: network,
      CONTROL_PORT,
      CONTROL_URL: `wss://127.0.0.1:${CONTROL_PORT}`,
      PIPE_PRIVATE_LISTEN: pipes.own,
      PIPE_LISTEN: pipes.others,
    });
  };
  await using fra = await start("fra", "hessen", { own: "127.0.0.2", others: "127.0.0.3" });
  await using dar = await start("dar", "hessen", { own: "127.0.0.4", others: "127.0.0.5" });
  await using ber = await start("ber", "berlin", { own: "127.0.0.6", others: "127.0.0.7" });
  assert.deepEqual(await pipeBetween(fra, dar), ["127.0.0.2", "127.0.0.4"]);
  assert.deepEqual(await pipeBetween(fra, ber), ["127.0.0.3", "127.0.0.7"]);
});

test("[N3] [N6] a browser that trusts the certificate reaches the probe over TLS at the announced address", async () => {
  using certificate = makeCertificate();
  await using node = await startTestNode({ ...certificate.probe, PROBE_PORT: "0" });
  const url = node.profile.probeUrl!;
  assert.match(url, /^wss:/);
  const trusting = new WebSocket(url, { ca: certificate.pem });
  await once(trusting, "open");
  const echoed = once(trusting, "message");
  trusting.send("1");
  assert.equal(String((await echoed)[0]), "1");
  trusting.terminate();
  await assert.rejects(once(new WebSocket(url), "open"), { code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
  await assert.rejects(
    once(new WebSocket(url.replace("wss:", "ws:")), "open"),
    "without TLS there is nothing",
  );
});
