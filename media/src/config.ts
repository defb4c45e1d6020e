import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { availableParallelism, type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { Jurisdiction, LOBBY_TTL_MS, ORPHAN_TTL_MS, RegionId } from "@tafelrunde/protocol/media";
import {
  clusterKeys,
  ConfigError,
  orEmpty,
  port,
  readVariables,
  tokenOrEmpty,
  urlWith,
  type ValuesOf,
  type Variables,
  wholeNumber,
} from "@tafelrunde/protocol/process/config";
import * as v from "valibot";

/** An address that receives media, and the address announced to browsers when there is a NAT in between. */
export interface ListenAddress {
  readonly ip: string;
  readonly announced: string | undefined;
}

const listenAddress = v.pipe(
  v.string(),
  v.transform((text): ListenAddress => {
    const [ip = "", announced] = text.trim().split("@");
    return { ip, announced };
  }),
  v.check(
    ({ ip, announced }) => isIP(ip) !== 0 && announced !== "",
    "is not a list of `ip` or `ip@announced`",
  ),
);

const listenAddresses = v.pipe(
  v.string(),
  v.transform((text) => text === "" ? [] : text.split(",")),
  v.array(listenAddress),
);

const pipeAddresses = v.pipe(
  listenAddresses,
  v.check(
    (addresses) => addresses.every(({ announced }) => announced === undefined || isIP(announced) !== 0),
    "announces something else than an IP address",
  ),
);

/** A URL without a slash at its end. */
const urlOf = (...protocols: string[]) =>
  orEmpty(v.pipe(urlWith(...protocols), v.transform((text) => text.replace(/\/$/, ""))));

/** First and last port of a range; 0 to 0 means any port. */
export interface PortRange {
  readonly min: number;
  readonly max: number;
}

const portRange = v.pipe(
  v.string(),
  v.regex(/^(0|\d{1,5}-\d{1,5})$/, "is not `first-last`"),
  v.transform((text): PortRange => {
    const [min = 0, max = min] = text.split("-").map(Number);
    return { min, max };
  }),
  v.check(({ min, max }) => min <= max && max <= 65535, "is not `first-last`"),
);

/** Every variable that a media node reads. The table in docs/running.md is generated from it. */
export const VARIABLES = {
  CLUSTER_KEY: {
    schema: clusterKeys,
    default: "",
    doc:
      "Secret shared by all edges and media nodes of one installation, at least 32 characters. During a replacement list the old and the new one, separated by a comma: the node proves itself with the first and accepts all.",
  },
  NODE_ID: {
    schema: v.union([
      v.literal(""),
      v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/)),
    ], "is not 1 to 40 of a-z, 0-9 and -"),
    default: "",
    doc: "Name of the node, `fra-1`. Empty: a random one at each start.",
  },
  REGION: {
    schema: v.union([v.literal(""), RegionId], "is not 1 to 40 of a-z, 0-9 and -"),
    default: "",
    doc: "Where the node is, `fra`. Rooms that are bound to regions use only nodes that set this.",
  },
  JURISDICTION: {
    schema: v.union([v.literal(""), Jurisdiction], "is not a country code of two lower-case letters"),
    default: "",
    doc: "Country whose law applies to the node, `de` (ISO 3166-1). Works like REGION.",
  },
  OPERATOR: {
    schema: v.pipe(v.string(), v.maxLength(100, "is longer than 100 characters")),
    default: "",
    doc: "Operator of the node, shown to people.",
  },
  NETWORK: {
    schema: v.pipe(v.string(), v.maxLength(64, "is longer than 64 characters")),
    default: "",
    doc: "Name of the node's private network. Nodes with the same name connect over private addresses.",
  },
  CONTROL_HOST: {
    schema: v.pipe(v.string(), v.minLength(1, "is empty")),
    default: "127.0.0.1",
    doc:
      "Address on which edges and other nodes reach the node. Without CONTROL_CERT the channel is not encrypted: do not expose it to the internet.",
  },
  CONTROL_PORT: {
    schema: port,
    default: "4400",
    doc: "Port of the control channel; 0: any free port.",
  },
  CONTROL_URL: {
    schema: urlOf("wss:"),
    default: "",
    doc:
      "Control address for nodes outside NETWORK, `wss://fra-1.example.org:4400`. Empty: they cannot connect.",
  },
  CONTROL_PRIVATE_URL: {
    schema: urlOf("ws:", "wss:"),
    default: "",
    doc: "Control address for nodes inside NETWORK. Empty: CONTROL_HOST and CONTROL_PORT.",
  },
  EDGE_URL: {
    schema: urlOf("http:", "https:"),
    default: "",
    doc:
      "Address of the edges, `https://meet.example.org`: the node registers there, so that all of them find it. Empty: only edges that list it in MEDIA_NODES find it.",
  },
  CONTROL_CERT: {
    schema: v.string(),
    default: "",
    doc:
      "File with the certificate of the control channel (PEM, with the chain); if set, the channel accepts TLS only. Reloaded when it changes.",
  },
  CONTROL_CERT_KEY: { schema: v.string(), default: "", doc: "File with its key (PEM)." },
  CONTROL_CA: {
    schema: v.string(),
    default: "",
    doc: "File with the certificate authority of the other nodes (PEM). Empty: the ones Node trusts.",
  },
  RTC_PORT: {
    schema: port,
    default: "44400",
    doc:
      "First UDP and TCP port for media; each worker uses one more. 0: any free ports, which a firewall cannot be configured for.",
  },
  RTC_LISTEN: {
    schema: listenAddresses,
    default: "",
    doc:
      "Addresses for media, preferred first: `ip` or `ip@announced`, separated by commas. Empty: every address of the machine.",
  },
  PIPE_LISTEN: {
    schema: pipeAddresses,
    default: "",
    doc:
      "Addresses of pipes to nodes outside NETWORK, one per IP version. Same syntax as RTC_LISTEN. Empty: the first of each version in RTC_LISTEN.",
  },
  PIPE_PRIVATE_LISTEN: {
    schema: pipeAddresses,
    default: "",
    doc: "Addresses of pipes to nodes inside NETWORK. Empty: same as PIPE_LISTEN.",
  },
  PIPE_PORTS: {
    schema: portRange,
    default: "44500-44999",
    doc: "UDP ports for pipes, `first-last`: one per room, worker and connected node. 0: any free ports.",
  },
  PROBE_HOST: {
    schema: v.pipe(v.string(), v.minLength(1, "is empty")),
    default: "127.0.0.1",
    doc: "Address on which browsers measure their latency to the node.",
  },
  PROBE_PORT: {
    schema: v.union([v.pipe(v.literal("off"), v.transform(() => undefined)), port]),
    default: "off",
    doc: "TCP port of the latency probe; off: no probe. 0: any free port.",
  },
  PROBE_URL: {
    schema: urlOf("ws:", "wss:"),
    default: "",
    doc:
      "Probe address sent to browsers, `wss://fra-1.example.org:4443/probe`; from an https page only wss works. Empty: PROBE_HOST and PROBE_PORT.",
  },
  PROBE_CERT: {
    schema: v.string(),
    default: "",
    doc: "File with a certificate that browsers trust (PEM, with the chain). Reloaded when it changes.",
  },
  PROBE_CERT_KEY: { schema: v.string(), default: "", doc: "File with its key (PEM)." },
  MEDIASOUP_WORKER_BIN: {
    schema: v.string(),
    default: "",
    doc: "Path of the mediasoup worker. Empty: mediasoup's default.",
  },
  WORKERS: { schema: wholeNumber(0, 256), default: "0", doc: "Worker processes; 0: one per core." },
  MAX_PEERS: {
    schema: wholeNumber(1, 1_000_000),
    default: "2000",
    doc: "Most concurrent participants on the node, including waiting ones.",
  },
  WORKER_CONSUMERS: {
    schema: wholeNumber(1, 100_000),
    default: "500",
    doc:
      "Consumers (tracks sent to participants) that one worker can carry. Above this, rooms spread over several workers; when all workers reach it, the node is full.",
  },
  BANDWIDTH_MBPS: {
    schema: wholeNumber(0, 1_000_000),
    default: "0",
    doc: "Bandwidth of the machine in each direction; at nine tenths of it the node is full. 0: no limit.",
  },
  DRAIN_S: {
    schema: wholeNumber(0, 86_400),
    default: "20",
    doc:
      "How long a node that is asked to stop waits for its participants to move to other nodes, seconds. Set 0 if there is no other node.",
  },
  ORPHAN_TTL_MS: {
    schema: wholeNumber(0, 3_600_000),
    default: String(ORPHAN_TTL_MS),
    doc: "How long a participant's media is kept without a connected edge, ms.",
  },
  LOBBY_TTL_MS: {
    schema: wholeNumber(1, 86_400_000),
    default: String(LOBBY_TTL_MS),
    doc: "How long media is kept ready for a participant who waits in a lobby, ms.",
  },
  METRICS_TOKEN: {
    schema: tokenOrEmpty,
    default: "",
    doc:
      "Bearer token for GET /metrics on CONTROL_PORT, at least 16 characters. Empty: the page does not exist.",
  },
  TAFELRUNDE_STOP_WITH: {
    schema: v.picklist(["", "stdin"], "is neither empty nor stdin"),
    default: "",
    doc: "stdin: stop when standard input ends, so that the node never outlives the process that started it.",
  },
} as const satisfies Variables;

/** A media node's configuration: validated, frozen, with all defaults resolved. */
export type Config = ValuesOf<typeof VARIABLES>;

/** Reads the configuration; an empty variable has its default. Throws ConfigError with all problems. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const wrong: string[] = [];
  const values = readVariables(VARIABLES, (name) => env[name], wrong);
  for (const name of ["CONTROL_CERT", "PROBE_CERT"] as const) {
    if (Boolean(values[name]) !== Boolean(values[`${name}_KEY`])) {
      wrong.push(`${name} and ${name}_KEY need each other`);
    }
  }
  if (wrong.length === 0) wrong.push(...contradictions(values as Config));
  if (wrong.length > 0) throw new ConfigError(wrong);
  const config = values as Config;
  const rtcListen = config.RTC_LISTEN.length > 0 ? config.RTC_LISTEN : everyAddress(networkInterfaces());
  const pipeListen = config.PIPE_LISTEN.length > 0 ? config.PIPE_LISTEN : firstOfEachFamily(rtcListen);
  return Object.freeze({
    ...config,
    NODE_ID: config.NODE_ID || `node-${randomBytes(4).toString("hex")}`,
    RTC_LISTEN: rtcListen,
    PIPE_LISTEN: pipeListen,
    PIPE_PRIVATE_LISTEN: config.PIPE_PRIVATE_LISTEN.length > 0 ? config.PIPE_PRIVATE_LISTEN : pipeListen,
    WORKERS: config.WORKERS || availableParallelism(),
  });
}

/** Combinations of individually valid values that cannot work together. */
function contradictions(config: Config): string[] {
  const wrong: string[] = [];
  const last = config.RTC_PORT + (config.WORKERS || availableParallelism()) - 1;
  if (config.RTC_PORT !== 0 && last > 65535) {
    wrong.push(`RTC_PORT is too high: each worker takes one more port, and the last would be ${last}`);
  }
  const isEverywhere = (host: string) => host === "0.0.0.0" || host === "::";
  const { CONTROL_HOST, CONTROL_URL, CONTROL_PRIVATE_URL, EDGE_URL, NETWORK } = config;
  if (isEverywhere(CONTROL_HOST) && CONTROL_PRIVATE_URL === "") {
    // Other nodes would receive a wildcard address, which they cannot connect to.
    if (NETWORK !== "") {
      wrong.push(`CONTROL_PRIVATE_URL is empty, but NETWORK is not, and CONTROL_HOST is ${CONTROL_HOST}`);
    } else if (EDGE_URL !== "" && CONTROL_URL === "") {
      wrong.push(`CONTROL_URL is empty, but EDGE_URL is not, and CONTROL_HOST is ${CONTROL_HOST}`);
    }
  }
  if (config.PROBE_PORT !== undefined && isEverywhere(config.PROBE_HOST) && config.PROBE_URL === "") {
    wrong.push(`PROBE_URL is empty, but PROBE_PORT is not off, and PROBE_HOST is ${config.PROBE_HOST}`);
  }
  if (EDGE_URL !== "" && new URL(EDGE_URL).pathname !== "/") {
    wrong.push("EDGE_URL names more than scheme, host and port");
  }
  return wrong;
}

/** Default addresses of pipes. Pipes cannot use an announced host name. */
function firstOfEachFamily(addresses: readonly ListenAddress[]): ListenAddress[] {
  const first = new Map<number, ListenAddress>();
  for (const { ip, announced } of addresses) {
    if (!first.has(isIP(ip))) {
      first.set(isIP(ip), {
        ip,
        announced: announced !== undefined && isIP(announced) ? announced : undefined,
      });
    }
  }
  return [...first.values()];
}

/**
 * Every address of this machine that a browser can reach, IPv4 before IPv6. Loopback comes last, so that it
 * is the least preferred candidate; link-local IPv6 does not work without a zone and is left out.
 */
export function everyAddress(
  interfaces: Readonly<Record<string, NetworkInterfaceInfo[] | undefined>>,
): ListenAddress[] {
  const rank = ({ internal, family }: NetworkInterfaceInfo) =>
    (internal ? 2 : 0) + (family === "IPv6" ? 1 : 0);
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, address }) => family === "IPv4" || !address.toLowerCase().startsWith("fe80:"))
    .sort((one, other) => rank(one) - rank(other))
    .map(({ address }) => ({ ip: address, announced: undefined }));
}
