import assert from "node:assert/strict";
import type { NetworkInterfaceInfo } from "node:os";
import { test } from "node:test";
import { everyAddress, readConfig } from "./config.ts";

function address(ip: string, internal: boolean): NetworkInterfaceInfo {
  const common = { address: ip, internal, mac: "", netmask: "", cidr: null };
  return ip.includes(":") ? { ...common, family: "IPv6", scopeid: 0 } : { ...common, family: "IPv4" };
}

test("media listens on every address, loopback last, link-local never", () => {
  const listen = everyAddress({
    lo: [address("127.0.0.1", true), address("::1", true)],
    eth0: [address("2001:db8::7", false), address("192.0.2.7", false), address("fe80::7", false)],
  });
  assert.deepEqual(listen.map(({ ip }) => ip), ["192.0.2.7", "2001:db8::7", "127.0.0.1", "::1"]);
});

test("an address can be announced under another name", () => {
  const { RTC_LISTEN } = readConfig({
    CLUSTER_KEY: "0123456789abcdef0123456789abcdef",
    RTC_LISTEN: "10.0.0.7@media.example.org, 2001:db8::7",
  });
  assert.deepEqual(RTC_LISTEN, [
    { ip: "10.0.0.7", announced: "media.example.org" },
    { ip: "2001:db8::7", announced: undefined },
  ]);
});

test("a node without a name gets a random one, and a worker per core", () => {
  const { NODE_ID, WORKERS } = readConfig({ CLUSTER_KEY: "0123456789abcdef0123456789abcdef" });
  assert.match(NODE_ID, /^node-[0-9a-f]{8}$/);
  assert.ok(WORKERS >= 1);
});

test("contradicting settings are reported at the start", () => {
  const wrong = (env: Record<string, string>) => {
    try {
      readConfig({ CLUSTER_KEY: "0123456789abcdef0123456789abcdef", WORKERS: "4", ...env });
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  };
  assert.match(wrong({ RTC_PORT: "65533" }) ?? "", /^RTC_PORT is too high.*65536$/);
  assert.equal(wrong({ RTC_PORT: "65532" }), undefined);
  const everywhere = { CONTROL_HOST: "0.0.0.0" };
  assert.match(wrong({ ...everywhere, NETWORK: "backbone" }) ?? "", /^CONTROL_PRIVATE_URL is empty/);
  assert.match(
    wrong({ CONTROL_HOST: "::", EDGE_URL: "https://meet.example.org" }) ?? "",
    /^CONTROL_URL is empty/,
  );
  assert.equal(
    wrong({ ...everywhere, NETWORK: "backbone", CONTROL_PRIVATE_URL: "ws://10.0.0.5:4400" }),
    undefined,
  );
  assert.equal(wrong(everywhere), undefined);
  assert.match(wrong({ PROBE_HOST: "0.0.0.0", PROBE_PORT: "4443" }) ?? "", /^PROBE_URL is empty/);
  assert.match(wrong({ EDGE_URL: "https://meet.example.org/tafelrunde" }) ?? "", /^EDGE_URL names more/);
  assert.equal(
    wrong({ RTC_PORT: "", CONTROL_PORT: "", PROBE_PORT: "", CONTROL_HOST: "" }),
    undefined,
    "the defaults",
  );
});
