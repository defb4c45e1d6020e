import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { availableParallelism, type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { LOBBY_TTL_MS, ORPHAN_TTL_MS } from "@tafelrunde/protocol/media";
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

/** Every variable that a media node reads. docs/running.md prints its table from here. */
export const VARIABLES = {
  CLUSTER_KEY: {
    schema: v.pipe(v.string(), v.minLength(32, "is shorter than 32 characters")),
    default: "",
    doc: "Secret shared by all edges and media nodes of one installation; at least 32 characters.",
  },
  NODE_ID: {
    schema: v.union([
      v.literal(""),
      v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,39}$/)),
    ], "is not 1 to 40 of a-z, 0-9 and -"),
    default: "",
    doc: "Name of the node, `fra-1`. Empty: a new random one at each start.",
  },
  CONTROL_HOST: {
    schema: v.pipe(v.string(), v.minLength(1, "is empty")),
    default: "127.0.0.1",
    doc: "Address that edges reach the node at. The channel is not encrypted: keep it inside, or behind TLS.",
  },
  CONTROL_PORT: { schema: wholeNumber(0, 65535), default: "4400", doc: "Its port; 0 takes a free one." },
  RTC_PORT: {
    schema: wholeNumber(0, 65535),
    default: "44400",
    doc:
      "First UDP and TCP port of the media; each worker takes one more. 0: free ones, which no firewall can name.",
  },
  RTC_LISTEN: {
    schema: v.pipe(
      v.string(),
      v.transform((text) => text === "" ? [] : text.split(",")),
      v.array(listenAddress),
    ),
    default: "",
    doc:
      "Addresses of the media, the preferred first: `ip` or `ip@announced`, separated by commas. Empty: every address of the machine.",
  },
  MEDIASOUP_WORKER_BIN: { schema: v.string(), default: "", doc: "The worker. Empty: mediasoup's own place." },
  WORKERS: { schema: wholeNumber(0, 256), default: "0", doc: "Worker processes; 0: one per core." },
  MAX_PEERS: {
    schema: wholeNumber(1, 1_000_000),
    default: "2000",
    doc: "People, waiting ones too, that the node takes at once.",
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

/** Reads the configuration. Throws ConfigError that lists everything that is wrong. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const values: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [name, { schema, default: fallback }] of Object.entries(VARIABLES)) {
    const result = v.safeParse(schema, env[name] ?? fallback);
    if (result.success) values[name] = result.output;
    else wrong.push(`${name} ${result.issues[0].message}`);
  }
  if (wrong.length > 0) throw new ConfigError(wrong.join("\n"));
  const config = values as Values;
  return Object.freeze({
    ...config,
    NODE_ID: config.NODE_ID || `node-${randomBytes(4).toString("hex")}`,
    RTC_LISTEN: config.RTC_LISTEN.length > 0 ? config.RTC_LISTEN : everyAddress(networkInterfaces()),
    WORKERS: config.WORKERS || availableParallelism(),
  });
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
