import { canonicalHost } from "@tafelrunde/protocol";
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
import { parseTrustedProxies } from "./network_address.ts";
import { type ProviderConfig, providerVariables, readProviders } from "./identity/oidc/provider_config.ts";

/** The URL of a whole host: links are built from it, and pages do not support a path prefix. */
const origin = v.pipe(
  urlWith("http:", "https:"),
  v.check((text) => {
    const parsed = URL.parse(text);
    if (parsed === null) return true;
    const { pathname, search, hash, username } = parsed;
    return pathname === "/" && search === "" && hash === "" && username === "";
  }, "names more than scheme, host and port: Tafelrunde needs a host name of its own"),
);
const seconds = wholeNumber(0, 9_999_999, "is not a whole number of seconds");
const days = wholeNumber(1, 99_999, "is not a whole number of days");
const urls = (protocols: string[]) =>
  v.pipe(
    v.string(),
    v.transform((text) => text.split(",").map((part) => part.trim()).filter((part) => part !== "")),
    v.array(urlWith(...protocols)),
  );

/** The part after the last @ of a mailbox. */
const domainOf = (mailbox: string) => /@([^\s<>@]+)>?$/.exec(mailbox)?.[1] ?? "";

const mailbox = v.pipe(
  v.string(),
  v.regex(
    /^[^\p{Cc}<>]*<[^\s<>@]+@[^\s<>@]+>$|^[^\s<>@]+@[^\s<>@]+$/u,
    "is neither `address` nor `name <address>`",
  ),
  v.check((text) => canonicalHost(domainOf(text)) !== undefined, "has a domain that is none"),
  // In the form of DNS, because it goes into ASCII headers.
  v.transform((text) => text.replace(domainOf(text), (domain) => canonicalHost(domain)!)),
);

/** All variables that an edge reads. docs/running.md prints its table from here. */
export const VARIABLES = {
  HOST: { schema: v.string(), default: "0.0.0.0", doc: "Address to listen on." },
  PORT: {
    schema: port,
    default: "8080",
    doc: "Port of the pages, the API and signaling; 0 takes a free one.",
  },
  PUBLIC_URL: {
    schema: orEmpty(origin),
    default: "",
    doc:
      "Public URL of the product, used in links. Empty: each request's own host, if that is an address or a name that nobody on the internet can own (`localhost`, `meet`, `meet.local`); requests for other names are refused. With https, cookies are `__Host-`.",
  },
  DATABASE_URL: {
    schema: orEmpty(urlWith("postgres:", "postgresql:")),
    default: "",
    doc: "PostgreSQL 15 or newer. Empty: PGlite inside the edge, for one edge.",
  },
  NATS_URL: {
    schema: urls(["nats:", "tls:"]),
    default: "",
    doc:
      "NATS servers for messages between edges, separated by commas: `nats://10.0.0.7:4222`. Empty: PostgreSQL is used.",
  },
  DATA_DIR: { schema: v.string(), default: "data", doc: "Folder for the files of PGlite (`DATA_DIR/db`)." },
  WEB_DIR: { schema: v.string(), default: "web/dist", doc: "The built web app." },
  CLUSTER_KEY: {
    schema: clusterKeys,
    default: "",
    doc:
      "Secret shared by all edges and media nodes of one installation, at least 32 characters. To replace it, set the old and the new one, separated by a comma: the first is used, all are accepted.",
  },
  IDENTITY_KEY: {
    schema: orEmpty(v.pipe(v.string(), v.minLength(32, "is shorter than 32 characters"))),
    default: "",
    doc:
      "Secret that participant ids are derived from, the same on every edge. Empty: the first key of CLUSTER_KEY. Set it to that key before you replace the cluster key, so that people in meetings keep their ids.",
  },
  MEDIA_NODES: {
    schema: urls(["ws:", "wss:"]),
    default: "",
    doc:
      "Control addresses of the media nodes, separated by commas: `ws://10.0.0.5:4400`. Empty: no audio and video.",
  },
  TRUSTED_PROXIES: {
    schema: v.pipe(
      v.string(),
      v.check(
        (text) => parseTrustedProxies(text) !== undefined,
        "is neither a number of proxies, at most 9, nor a list of addresses and networks",
      ),
      v.transform((text) => parseTrustedProxies(text)!),
    ),
    default: "",
    doc:
      "Proxies in front that are trusted about the origin of requests (`X-Forwarded-For`, `X-Forwarded-Proto`): their number in a row, `1`, or their addresses and networks, separated by commas: `10.0.0.0/8,2001:db8::7`. With a number, the edge must not be reachable except through them. Empty: none.",
  },
  ROOM_CREATION: {
    schema: v.picklist(["anyone", "accounts"], "is neither anyone nor accounts"),
    default: "anyone",
    doc: "Who can create rooms: `anyone`, or `accounts`: only signed-in people and API keys.",
  },
  METRICS_TOKEN: {
    schema: tokenOrEmpty,
    default: "",
    doc: "Bearer token for GET /v1/metrics, at least 16 characters. Empty: no such route.",
  },
  DRAIN_S: {
    schema: seconds,
    default: "5",
    doc:
      "Time over which an edge that shuts down sends its clients to other edges, seconds. 0 if there is no other edge.",
  },
  RETENTION_S: {
    schema: seconds,
    default: "86400",
    doc:
      "How long the events of an empty room (chat, names) are kept, seconds. The room and its link stay; if created without an account, for ANONYMOUS_ROOM_DAYS.",
  },
  ANONYMOUS_ROOM_DAYS: {
    schema: days,
    default: "90",
    doc:
      "How long an empty room that was created without an account is kept, days. Then it is deleted, and its link becomes invalid.",
  },
  ANONYMOUS_STORAGE_MB: {
    schema: wholeNumber(0, 9_999_999, "is not a whole number of MB"),
    default: "2000",
    doc:
      "Storage limit of all rooms created without an account together, MB. Beyond it, each of them has a 32nd of its share, and few new ones can be created.",
  },
  MEETINGS_PER_OWNER: {
    schema: wholeNumber(1, 9_999_999, "is not a number of meetings"),
    default: "5000",
    doc:
      "Most meetings of an account: future ones, permanent ones, and past ones that are still kept. Beyond it, no meeting can be created (409 `meeting.tooMany`) until some are deleted or MEETING_RETENTION_DAYS has passed.",
  },
  MEETING_RETENTION_DAYS: {
    schema: days,
    default: "90",
    doc:
      "How long a past meeting is kept, days. It is deleted with its invitations, and with its room if that was created with it and has been empty since.",
  },
  SMTP_URL: {
    schema: orEmpty(urlWith("smtp:", "smtps:")),
    default: "",
    doc:
      "Mail server: `smtps://user:password@mail.example.org`, or `smtp://` with STARTTLS if the server offers it. Needs MAIL_FROM and PUBLIC_URL. Empty: no mails.",
  },
  MAIL_FROM: {
    schema: orEmpty(mailbox),
    default: "",
    doc: "Sender of all mails: `Tafelrunde <meet@example.org>`, or the address alone.",
  },
  TAFELRUNDE_STOP_WITH: {
    schema: v.picklist(["", "stdin"], "is neither empty nor stdin"),
    default: "",
    doc:
      "`stdin`: the edge shuts down when its standard input closes. Set by `npm start`, so that the edge ends with it.",
  },
} as const satisfies Variables;

/** An edge's configuration, validated and frozen. */
export interface Config extends ValuesOf<typeof VARIABLES> {
  readonly providers: readonly ProviderConfig[];
}

/** The names of all variables that an edge reads. */
export function variableNames(): string[] {
  return [...Object.keys(VARIABLES), ...providerVariables()];
}

/** Reads the configuration; an empty variable has its default. Throws ConfigError with all errors. */
export function readConfig(env: (name: string) => string | undefined): Config {
  const wrong: string[] = [];
  const values = readVariables(VARIABLES, env, wrong);
  if (values.SMTP_URL !== "" && values.SMTP_URL !== undefined) {
    // Links in mails must not come from a request's Host header, which anybody can choose.
    for (const name of ["MAIL_FROM", "PUBLIC_URL"] as const) {
      if (values[name] === "") wrong.push(`${name} is empty, but SMTP_URL is not`);
    }
  }
  const providers = readProviders(env, wrong);
  // Nor may a provider's redirect URL come from a request's Host header.
  if (providers.length > 0 && values.PUBLIC_URL === "") {
    wrong.push("PUBLIC_URL is empty, but OIDC_ISSUER is not");
  }
  if (wrong.length > 0) throw new ConfigError(wrong);
  return Object.freeze({ ...values as ValuesOf<typeof VARIABLES>, providers });
}

/** Whether this installation sends mails. Without, features that need a mail are refused or left out. */
export function sendsMail(config: Config): boolean {
  return config.SMTP_URL !== "";
}
