/**
 * The key by which limits count an address: an IPv4 address, an IPv6 /64 network (`2001:db8:0:1::/64`), or
 * `unknown`.
 */
export type AddressKey = string & { readonly __addressKey: never };

/** A network that contains an address. */
export interface NetworkOfAddress {
  /** The address itself, or a wider network in the same format, `2001:db8:0:0::/48`. */
  readonly key: string;
  /** Its share as a multiple of an address's share. */
  readonly times: number;
}

/**
 * The IPv6 networks that a home, an office or a school gets, with their share as a multiple of an address's.
 * Source of the lengths: RFC 6177 2. So the owner of such a network counts as a few addresses, and neighbours
 * at the same provider have their own shares.
 */
const WIDER_NETWORKS = [{ prefixBits: 56, times: 4 }, { prefixBits: 48, times: 16 }] as const;

/** An IPv4 address has 4 bytes, an IPv6 address 16. */
type AddressBytes = readonly number[];

/** A range of addresses with the same first `prefixBits` bits. */
interface Network {
  readonly bytes: AddressBytes;
  readonly prefixBits: number;
}

/**
 * The proxies that are trusted about the origin of a request: this number of proxies in front of the edge, at
 * any address, or those in these networks. A count of 0 trusts none.
 */
export type TrustedProxies =
  | { readonly count: number }
  | { readonly networks: readonly Network[] };

/** Largest count of proxies. */
const MAX_PROXIES = 9;

/** The key of anything that is not an address. */
const UNKNOWN = "unknown" as AddressKey;

/**
 * The key of an address in any notation: with port, brackets or zone, or IPv4 within IPv6 (mapped,
 * translated, NAT64, 6to4). An IPv6 /64 network is one key, because a client with one address can take any
 * other there. Anything else is `unknown`.
 */
export function addressKey(text: string): AddressKey {
  const bytes = parseAddress(text);
  if (bytes === undefined) return UNKNOWN;
  if (bytes.length === 4) return bytes.join(".") as AddressKey;
  const groups = [0, 2, 4, 6].map((at) => (bytes[at]! * 256 + bytes[at + 1]!).toString(16));
  return `${groups.join(":")}::/64` as AddressKey;
}

/**
 * The networks whose shares an address uses, narrowest first: the address itself; for an IPv6 /64 network,
 * also the /56 and /48 around it.
 */
export function networksOf(address: AddressKey): readonly NetworkOfAddress[] {
  const own = { key: address, times: 1 };
  if (!address.endsWith("::/64")) return [own];
  const groups = address.slice(0, -"::/64".length).split(":").map((group) => parseInt(group, 16));
  return [
    own,
    ...WIDER_NETWORKS.map(({ prefixBits, times }) => {
      const kept = groups.map((group, index) =>
        group & (0xffff << Math.max(0, 16 * (index + 1) - prefixBits)) & 0xffff
      );
      return { key: `${kept.map((group) => group.toString(16)).join(":")}::/${prefixBits}`, times };
    }),
  ];
}

/**
 * Parses a number of proxies, or their addresses and networks separated by commas; undefined: invalid. Empty:
 * none.
 */
export function parseTrustedProxies(text: string): TrustedProxies | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return { count: 0 };
  if (/^\d+$/.test(trimmed)) {
    const count = Number(trimmed);
    return count <= MAX_PROXIES ? { count } : undefined;
  }
  const networks = trimmed.split(",").map((part) => parseNetwork(part.trim()));
  return networks.every((network) => network !== undefined) ? { networks } : undefined;
}

/** Whether any proxy is trusted. */
export function trustsProxies(trust: TrustedProxies): boolean {
  return "networks" in trust || trust.count > 0;
}

/** Whether a connection from `peer` comes from a trusted proxy, which forwards requests of many clients. */
export function isTrustedProxy(trust: TrustedProxies, peer: string): boolean {
  if ("count" in trust) return trust.count > 0;
  const bytes = parseAddress(peer);
  return bytes !== undefined && trust.networks.some((network) => isWithin(bytes, network));
}

/**
 * The client behind `peer`, which sent `forwarded` (X-Forwarded-For: each proxy appends its client). Trusts
 * only the entries of trusted proxies; if one is not an address, the proxy itself counts.
 */
export function clientKey(peer: string, forwarded: string | undefined, trust: TrustedProxies): AddressKey {
  const named = forwarded === undefined || forwarded.trim() === "" ? [] : forwarded.split(",");
  let client = peer;
  for (let hop = 0; named.length > 0; hop++) {
    const isBelieved = "count" in trust ? hop < trust.count : isTrustedProxy(trust, client);
    const before = named.pop()!;
    if (!isBelieved || parseAddress(before) === undefined) break;
    client = before;
  }
  return addressKey(client);
}

function parseNetwork(text: string): Network | undefined {
  const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const bytes = parseAddress(address);
  if (bytes === undefined) return undefined;
  // An IPv4 network can be written within IPv6, `::ffff:10.0.0.0/104`.
  const offset = address.includes(":") && bytes.length === 4 ? 96 : 0;
  const prefixBits = prefix === undefined ? bytes.length * 8 : Number(prefix) - offset;
  return prefixBits >= 0 && prefixBits <= bytes.length * 8 ? { bytes, prefixBits } : undefined;
}

function isWithin(bytes: AddressBytes, { bytes: network, prefixBits }: Network): boolean {
  return bytes.length === network.length && network.every((byte, index) => {
    const shift = 8 - Math.min(8, Math.max(0, prefixBits - index * 8));
    return byte >> shift === bytes[index]! >> shift;
  });
}

/** The bytes of an address, IPv4 within IPv6 as IPv4; undefined: invalid. */
function parseAddress(text: string): AddressBytes | undefined {
  const trimmed = text.trim().replace(/^"(.*)"$/, "$1");
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(trimmed)?.[1];
  if (bracketed !== undefined) return parseIpv6(bracketed);
  const ipv4 = parseIpv4(trimmed.replace(/:\d{1,5}$/, ""));
  return ipv4 ?? parseIpv6(trimmed);
}

function parseIpv4(text: string): AddressBytes | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part <= 255) ? parts : undefined;
}

/** Longest IPv6 address as text, with IPv4 at its end. Source: INET6_ADDRSTRLEN without the NUL. */
const MAX_IPV6_TEXT = 45;

function parseIpv6(text: string): AddressBytes | undefined {
  const [address = ""] = text.split("%", 1);
  if (address.length > MAX_IPV6_TEXT) return undefined;
  const halves = address.split("::");
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(parseGroups);
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 16 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  const bytes = [...head, ...Array<number>(missing).fill(0), ...tail ?? []];
  return embeddedIpv4(bytes) ?? bytes;
}

/** Parses groups of 16 bits in hex; the last two can be an IPv4 address. */
function parseGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    const ipv4 = index === parts.length - 1 ? parseIpv4(part) : undefined;
    if (ipv4 !== undefined) bytes.push(...ipv4);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) bytes.push(parseInt(part, 16) >> 8, parseInt(part, 16) & 255);
    else return undefined;
  }
  return bytes;
}

/**
 * Prefixes of addresses whose last four bytes are an IPv4 address. Source: RFC 4291 2.5.5.2, RFC 2765 2.1,
 * RFC 6052 2.1.
 */
const IPV4_AT_END = ["::ffff:0:0", "::ffff:0:0:0", "64:ff9b::"].map((text) =>
  text.split("::").map((half) => parseGroups(half)!)
).map(([head, tail]) => [...head!, ...Array<number>(16 - head!.length - tail!.length).fill(0), ...tail!]);

function embeddedIpv4(bytes: AddressBytes): AddressBytes | undefined {
  if (IPV4_AT_END.some((prefix) => isWithin(bytes, { bytes: prefix, prefixBits: 96 }))) {
    return bytes.slice(12);
  }
  // 6to4: 2002 is followed by the IPv4 address that owns the network. Source: RFC 3056 2.
  return bytes[0] === 0x20 && bytes[1] === 0x02 ? bytes.slice(2, 6) : undefined;
}

/**
 * Joins host and port, "[::1]:8080"; adds missing brackets around an IPv6 address. Source: RFC 3986 §3.2.2.
 */
export function authority(host: string, port: number | string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The host name at which this machine reaches a server that listens on `host`. */
export function hostOnThisMachine(host: string): string {
  return ["", "0.0.0.0", "127.0.0.1", "::", "::1"].includes(host) ? "localhost" : host;
}
