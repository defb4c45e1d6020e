import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { availableParallelism, type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import {
  Jurisdiction,
  LOBBY_TTL_MS,
  MAX_CLUSTER_KEYS,
  ORPHAN_TTL_MS,
  RegionId,
} from "@tafelrunde/protocol/media";
import * as v from "valibot";

/** An address that media arrives at, and the one that browsers are told of when a NAT stands between. */
export interface ListenAddress {
  readonly ip: string;
  readonly announced: string | undefined;
}

const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, "is not a whole number"),
    v.transform(Number),
    v.minValue(min, `is less than ${min}`),
    v.maxValue(max, `is more than ${max}`),
  );

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

const orEmpty = <const Schema extends v.GenericSchema<string, string>>(schema: Schema, problem: string) =>
  v.union([v.literal(""), schema], problem);

const urlOf = (...protocols: string[]) =>
  orEmpty(
    v.pipe(
      v.string(),
      v.check((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol)),
      v.transform((text) => text.replace(/\/$/, "")),
    ),
    `is not a URL with ${protocols.join(" or ")}`,
  );

/** First and last of some ports; 0 to 0: any. */
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

const clusterKeys = v.pipe(
  v.string(),
  v.transform((text) => text.split(",").map((key) => key.trim())),
  v.array(v.pipe(v.string(), v.minLength(32, "is shorter than 32 characters"))),
  v.maxLength(MAX_CLUSTER_KEYS, `is more than ${MAX_CLUSTER_KEYS} keys`),
);

/** Every variable that a media node reads. docs/running.md prints its table from here. */
export const VARIABLES = {
  CLUSTER_KEY: {
    schema: clusterKeys,
    default: "",
    doc:
      "Secret shared by all edges and media nodes of one installation, at least 32 characters. While it is being replaced, the old and the new one, separated by a comma: the first proves, all are accepted.",
  },
  NODE_ID: {
    schema: v.union([
      v.literal(""),
      v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/)),
    ], "is not 1 to 40 of a-z, 0-9 and -"),
    default: "",
    doc: "Name of the node, `fra-1`. Empty: a new random one at each start.",
  },
  REGION: {
    schema: orEmpty(RegionId, "is not 1 to 40 of a-z, 0-9 and -"),
    default: "",
    doc: "Where the node stands, `fra`. Rooms that are bound to regions come only to nodes that say theirs.",
  },
  JURISDICTION: {
    schema: orEmpty(Jurisdiction, "is not a country code of two lower-case letters"),
    default: "",
    doc: "Whose law it is under, `de` (ISO 3166-1). As with REGION.",
  },
  OPERATOR: {
    schema: v.pipe(v.string(), v.maxLength(100, "is longer than 100 characters")),
    default: "",
    doc: "Who runs it, for people to read.",
  },
  NETWORK: {
    schema: v.pipe(v.string(), v.maxLength(64, "is longer than 64 characters")),
    default: "",
    doc:
      "Name of the private network that it is in. Nodes that name the same one talk over private addresses.",
  },
  CONTROL_HOST: {
    schema: v.pipe(v.string(), v.minLength(1, "is empty")),
    default: "127.0.0.1",
    doc:
      "Address that edges and other nodes reach the node at. Without CONTROL_CERT the channel is not encrypted: keep it inside.",
  },
  CONTROL_PORT: { schema: wholeNumber(0, 65535), default: "4400", doc: "Its port; 0 takes a free one." },
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
      "Address of the edges, `https://meet.example.org`: the node registers there, and all of them find it. Empty: only edges that name it in MEDIA_NODES do.",
  },
  CONTROL_CERT: {
    schema: v.string(),
    default: "",
    doc:
      "File with the certificate of the control channel (PEM, with the chain); then it speaks TLS only. Read again when it changes.",
  },
  CONTROL_CERT_KEY: { schema: v.string(), default: "", doc: "File with its key (PEM)." },
  CONTROL_CA: {
    schema: v.string(),
    default: "",
    doc: "File with the certificate authority of the other nodes (PEM). Empty: those that Node trusts.",
  },
  RTC_PORT: {
    schema: wholeNumber(0, 65535),
    default: "44400",
    doc:
      "First UDP and TCP port of the media; each worker takes one more. 0: free ones, which no firewall can name.",
  },
  RTC_LISTEN: {
    schema: listenAddresses,
    default: "",
    doc:
      "Addresses of the media, the preferred first: `ip` or `ip@announced`, separated by commas. Empty: every address of the machine.",
  },
  PIPE_LISTEN: {
    schema: pipeAddresses,
    default: "",
    doc:
      "Addresses of pipes to nodes outside NETWORK, one per IP version. Written as RTC_LISTEN. Empty: the first of each there.",
  },
  PIPE_PRIVATE_LISTEN: {
    schema: pipeAddresses,
    default: "",
    doc: "Addresses of pipes to nodes inside NETWORK. Empty: as PIPE_LISTEN.",
  },
  PIPE_PORTS: {
    schema: portRange,
    default: "44500-44999",
    doc:
      "UDP ports of the pipes, `first-last`: one for each room, worker and other node that it has to do with. 0: free ones.",
  },
  PROBE_HOST: {
    schema: v.pipe(v.string(), v.minLength(1, "is empty")),
    default: "127.0.0.1",
    doc: "Address where browsers measure the way to the node.",
  },
  PROBE_PORT: {
    schema: v.union([v.pipe(v.literal("off"), v.transform(() => undefined)), wholeNumber(0, 65535)]),
    default: "off",
    doc: "Its TCP port; off: nobody measures. 0 takes a free one.",
  },
  PROBE_URL: {
    schema: urlOf("ws:", "wss:"),
    default: "",
    doc:
      "What browsers are told, `wss://fra-1.example.org:4443/probe`; from a page of https only wss works. Empty: PROBE_HOST and PROBE_PORT.",
  },
  PROBE_CERT: {
    schema: v.string(),
    default: "",
    doc: "File with a certificate that browsers trust (PEM, with the chain). Read again when it changes.",
  },
  PROBE_CERT_KEY: { schema: v.string(), default: "", doc: "File with its key (PEM)." },
  MEDIASOUP_WORKER_BIN: { schema: v.string(), default: "", doc: "The worker. Empty: mediasoup's own place." },
  WORKERS: { schema: wholeNumber(0, 256), default: "0", doc: "Worker processes; 0: one per core." },
  MAX_PEERS: {
    schema: wholeNumber(1, 1_000_000),
    default: "2000",
    doc: "People, waiting ones too, that the node takes at once.",
  },
  WORKER_CONSUMERS: {
    schema: wholeNumber(1, 100_000),
    default: "500",
    doc:
      "Tracks on their way to people that one worker bears well. Beyond, rooms spread over workers; when all bear so many, the node is full.",
  },
  BANDWIDTH_MBPS: {
    schema: wholeNumber(0, 1_000_000),
    default: "0",
    doc: "Bandwidth of the machine, each way; at nine tenths of it the node is full. 0: not watched.",
  },
  DRAIN_S: {
    schema: wholeNumber(0, 86_400),
    default: "20",
    doc:
      "How long a node that is asked to end waits for its people to be moved to others, seconds. 0 where there is no other node.",
  },
  ORPHAN_TTL_MS: {
    schema: wholeNumber(0, 3_600_000),
    default: String(ORPHAN_TTL_MS),
    doc: "How long a person's media lives on without an edge, ms.",
  },
  LOBBY_TTL_MS: {
    schema: wholeNumber(1, 86_400_000),
    default: String(LOBBY_TTL_MS),
    doc: "How long media is kept ready for someone who waits in a lobby, ms.",
  },
  METRICS_TOKEN: {
    schema: v.pipe(
      v.string(),
      v.check((text) => text === "" || text.length >= 16, "is shorter than 16 characters"),
    ),
    default: "",
    doc: "Bearer token for GET /metrics on CONTROL_PORT, at least 16 characters. Empty: no such page.",
  },
  TAFELRUNDE_LIFELINE: {
    schema: v.picklist(["", "stdin"], "is neither empty nor stdin"),
    default: "",
    doc: "stdin: stop when standard input ends, so that the node never outlives the process that started it.",
  },
} as const satisfies Record<
  string,
  { schema: v.GenericSchema<string, unknown>; default: string; doc: string }
>;

type Values = {
  readonly [Name in keyof typeof VARIABLES]: v.InferOutput<(typeof VARIABLES)[Name]["schema"]>;
};

/** A media node's configuration, checked, frozen, and with nothing left to guess. */
export type Config = Values;

/** All that is wrong with a configuration, one line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads the configuration; what is set to nothing has its default. Throws ConfigError that lists everything that is wrong. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [name, { schema, default: fallback }] of Object.entries(VARIABLES)) {
    const result = v.safeParse(schema, env[name] || fallback);
    if (result.success) values[name] = result.output;
    else wrong.push(`${name} ${result.issues[0].message}`);
  }
  for (const name of ["CONTROL_CERT", "PROBE_CERT"] as const) {
    if (Boolean(values[name]) !== Boolean(values[`${name}_KEY`])) {
      wrong.push(`${name} and ${name}_KEY need each other`);
    }
  }
  if (wrong.length === 0) wrong.push(...contradictions(values as Values));
  if (wrong.length > 0) throw new ConfigError(wrong.join("\n"));
  const config = values as Values;
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

/** What is right by itself and cannot work together. */
function contradictions(config: Values): string[] {
  const wrong: string[] = [];
  const last = config.RTC_PORT + (config.WORKERS || availableParallelism()) - 1;
  if (config.RTC_PORT !== 0 && last > 65535) {
    wrong.push(`RTC_PORT is too high: each worker takes one more port, and the last would be ${last}`);
  }
  const isEverywhere = (host: string) => host === "0.0.0.0" || host === "::";
  const { CONTROL_HOST, CONTROL_URL, CONTROL_PRIVATE_URL, EDGE_URL, NETWORK } = config;
  if (isEverywhere(CONTROL_HOST) && CONTROL_PRIVATE_URL === "") {
    // Others would be told an address that is every machine's own.
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

/** What pipes use when nothing else was said; an announced name is of no use to them. */
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
 * Every address of the machine that a browser may reach, IPv4 before IPv6. Loopback comes last, so that it is the candidate that is
 * least preferred; link-local IPv6 does not work without a zone and is left out.
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
