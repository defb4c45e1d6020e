import assert from "node:assert/strict";
import {
  addressKey,
  clientKey,
  hostOnThisMachine,
  isTrustedProxy,
  networksOf,
  parseTrustedProxies,
} from "./network_address.ts";

const trust = (text: string) => parseTrustedProxies(text) ?? assert.fail(`${text} is refused`);

Deno.test("[Q1] one address has one key in all notations", () => {
  const spellings: Record<string, string[]> = {
    "192.0.2.7": [
      "192.0.2.7",
      " 192.0.2.7 ",
      "192.0.2.7:50123",
      '"192.0.2.7:50123"',
      "::ffff:192.0.2.7",
      "::FFFF:c000:0207",
      "0:0:0:0:0:ffff:192.0.2.7",
      "0000:0000:0000:0000:0000:FFFF:C000:0207",
      "[::ffff:192.0.2.7]:443",
      "::ffff:0:192.0.2.7",
      "64:ff9b::192.0.2.7",
      "64:ff9b::c000:207",
      "2002:c000:207::1",
      "2002:c000:207:aaaa:bbbb::1",
    ],
    "2001:db8:0:1::/64": [
      "2001:db8:0:1::1",
      "2001:db8:0:1::2",
      "2001:DB8:0:1:FFFF:ffff:ffff:ffff",
      "2001:0db8:0000:0001:0000:0000:0000:0001",
      "[2001:db8:0:1::1]",
      "[2001:db8:0:1::1]:50123",
      '"[2001:db8:0:1::1]:50123"',
      "2001:db8:0:1::1%eth0",
      "2001:db8:0:1::192.0.2.7",
      "2001:db8::1:0:0:0:1",
      "2001:db8:0:1:2:3:4:5",
    ],
    "2001:db8:0:2::/64": ["2001:db8:0:2::1"],
    "0:0:0:0::/64": ["::1", "::", "[::1]:8080"],
    "unknown": [
      "",
      "unknown",
      "_hidden",
      "anna",
      "192.0.2.256",
      "192.0.2",
      "1.2.3.4.5",
      "0x7f.1",
      ":::",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:8::",
      "12345::",
      "g::",
      "::ffff:1.2.3.4:5",
      "[::1",
      "::1]",
      ":".repeat(10_000),
    ],
  };
  for (const [key, texts] of Object.entries(spellings)) {
    for (const text of texts) assert.equal(addressKey(text), key, text.slice(0, 60));
  }
});

Deno.test("[Q1] an IPv4 address is in one network, an IPv6 address in its /64, /56 and /48, whose shares are multiples", () => {
  const cases: [address: string, networks: [key: string, times: number][]][] = [
    ["192.0.2.7", [["192.0.2.7", 1]]],
    ["::ffff:192.0.2.7", [["192.0.2.7", 1]]],
    ["nonsense", [["unknown", 1]]],
    ["2001:db8:1:2345:6::7", [
      ["2001:db8:1:2345::/64", 1],
      ["2001:db8:1:2300::/56", 4],
      ["2001:db8:1:0::/48", 16],
    ]],
    ["ffff:ffff:ffff:ffff::", [
      ["ffff:ffff:ffff:ffff::/64", 1],
      ["ffff:ffff:ffff:ff00::/56", 4],
      ["ffff:ffff:ffff:0::/48", 16],
    ]],
    ["::1", [["0:0:0:0::/64", 1], ["0:0:0:0::/56", 4], ["0:0:0:0::/48", 16]]],
  ];
  for (const [address, networks] of cases) {
    assert.deepEqual(
      networksOf(addressKey(address)).map(({ key, times }) => [key, times]),
      networks,
      address,
    );
  }
});

Deno.test("[Q1] clients are not trusted about their own address, proxies are for what they append", () => {
  const cases: [trusted: string, peer: string, forwarded: string | undefined, key: string][] = [
    ["", "203.0.113.1", undefined, "203.0.113.1"],
    ["", "203.0.113.1", "192.0.2.9", "203.0.113.1"],
    ["1", "10.0.0.1", "192.0.2.7", "192.0.2.7"],
    ["1", "10.0.0.1", "6.6.6.6, 192.0.2.7:4711", "192.0.2.7"],
    ["1", "10.0.0.1", undefined, "10.0.0.1"],
    ["1", "10.0.0.1", "", "10.0.0.1"],
    ["1", "10.0.0.1", "6.6.6.6, unknown", "10.0.0.1"],
    ["2", "10.0.0.1", "6.6.6.6, 192.0.2.7, 198.51.100.1", "192.0.2.7"],
    ["2", "10.0.0.1", "192.0.2.7", "192.0.2.7"],
    ["2", "10.0.0.1", "6.6.6.6, nonsense, 198.51.100.1", "198.51.100.1"],
    ["10.0.0.0/8", "10.0.0.1", "6.6.6.6, 192.0.2.7, 10.9.9.9", "192.0.2.7"],
    ["10.0.0.0/8", "203.0.113.1", "6.6.6.6", "203.0.113.1"],
    ["10.0.0.0/8", "::ffff:10.0.0.1", "2001:db8::7", "2001:db8:0:0::/64"],
    ["10.0.0.1, fd00::/8", "fd00::2", "192.0.2.7, 10.0.0.1", "192.0.2.7"],
    ["10.0.0.1, fd00::/8", "fd00::2", "192.0.2.7, 10.0.0.2", "10.0.0.2"],
    ["10.0.0.0/8", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
  ];
  for (const [trusted, peer, forwarded, key] of cases) {
    assert.equal(clientKey(peer, forwarded, trust(trusted)), key, `${trusted}: ${peer} says ${forwarded}`);
  }
});

Deno.test("[Q1] networks of proxies contain the addresses with their prefix", () => {
  const cases: [trusted: string, inside: string[], outside: string[]][] = [
    ["10.1.0.0/17", ["10.1.0.1", "10.1.127.255"], ["10.1.128.0", "10.2.0.1", "::a01:1"]],
    ["::ffff:10.1.0.0/113", ["10.1.0.1"], ["10.1.128.0"]],
    ["0.0.0.0/0", ["203.0.113.1"], ["2001:db8::1", ""]],
    ["2001:db8::/33", ["2001:db8:7fff::1"], ["2001:db8:8000::1"]],
    ["192.0.2.7", ["192.0.2.7"], ["192.0.2.6"]],
  ];
  for (const [trusted, inside, outside] of cases) {
    for (const peer of inside) assert.ok(isTrustedProxy(trust(trusted), peer), `${trusted} ${peer}`);
    for (const peer of outside) assert.ok(!isTrustedProxy(trust(trusted), peer), `${trusted} ${peer}`);
  }
  for (
    const text of [
      "10",
      "-1",
      "proxy",
      "10.0.0.0/33",
      "10.0.0.1,",
      "::/129",
      "1.2.3.4/",
      "::ffff:10.0.0.0/95",
    ]
  ) {
    assert.equal(parseTrustedProxies(text), undefined, text);
  }
});

Deno.test("a server can be reached on its own machine, if possible by a name that passkeys accept", () => {
  const reached = Object.fromEntries(
    ["", "0.0.0.0", "127.0.0.1", "::", "::1", "localhost", "127.0.0.2", "192.0.2.7", "2001:db8::7", "edge-1"]
      .map((host) => [host, hostOnThisMachine(host)]),
  );
  assert.deepEqual(reached, {
    ...Object.fromEntries(["", "0.0.0.0", "127.0.0.1", "::", "::1"].map((host) => [host, "localhost"])),
    ...Object.fromEntries(
      ["localhost", "127.0.0.2", "192.0.2.7", "2001:db8::7", "edge-1"].map((host) => [host, host]),
    ),
  });
});
