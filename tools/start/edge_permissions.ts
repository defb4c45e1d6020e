import { variableNames, VARIABLES } from "../../edge/config.ts";
import { hostsIn, MAX_PROVIDERS, providerVariable } from "../../edge/identity/oidc/provider_config.ts";
import { authority } from "../../edge/network_address.ts";
import { MAIL_PORTS } from "../../edge/mail/port.ts";
import { ROOT } from "../places.ts";
import { WEB_DIR } from "../setup/web_app.ts";

/** Default ports of what an edge connects to, for addresses without one. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  "postgres:": 5432,
  "postgresql:": 5432,
  "nats:": 4222,
  "tls:": 4222,
  "ws:": 80,
  "wss:": 443,
  "http:": 80,
  "https:": 443,
  ...MAIL_PORTS,
};

/**
 * The Deno permissions of the edge; Deno refuses everything else. Of the environment it sees its own
 * variables, of the network the address it listens on and those in `env` (media nodes, database, bus, mail
 * server, identity providers).
 */
export function edgePermissions(env: Readonly<Record<string, string>>, dataDir: string): string[] {
  const { HOST = "", PORT = "", MEDIA_NODES = "", DATABASE_URL = "", NATS_URL = "", SMTP_URL = "" } = env;
  const peers = [MEDIA_NODES, DATABASE_URL, NATS_URL, SMTP_URL].join(",").split(",").map((url) => url.trim());
  const hosts = [
    authority(HOST || VARIABLES.HOST.default, PORT),
    ...peers.filter((url) => URL.canParse(url)).map(hostOf),
    ...providerHosts(env),
  ];
  const readable = ["edge", "protocol", "sql", "node_modules"].map((folder) => `${ROOT}/${folder}`);
  return [
    "--no-prompt",
    "--frozen",
    // The user who runs the product may not own its folder, which Deno would otherwise clean up at the start.
    "--node-modules-dir=manual",
    `--allow-net=${hosts.join(",")}`,
    `--allow-env=${variableNames().join(",")}`,
    // Libraries ask for variables of their own; they find them unset.
    "--ignore-env",
    "--allow-sys=getPriority,hostname,osRelease,setPriority,uid,gid,userInfo",
    `--allow-read=${[...readable, WEB_DIR, dataDir].join(",")}`,
    `--allow-write=${dataDir}`,
  ];
}

/** "host:port" of an address. */
function hostOf(address: string): string {
  const { hostname, port, protocol } = new URL(address);
  return authority(hostname, port || DEFAULT_PORTS[protocol] || 443);
}

/** Addresses of identity providers: the issuers, and the hosts of their other endpoints. */
function providerHosts(env: Readonly<Record<string, string>>): string[] {
  return Array.from({ length: MAX_PROVIDERS }, (_, index) => {
    const { [providerVariable("OIDC_ISSUER", index + 1)]: issuer = "" } = env;
    const { [providerVariable("OIDC_HOSTS", index + 1)]: others = "" } = env;
    if (!URL.canParse(issuer)) return [];
    return [hostOf(issuer), ...hostsIn(others).map((host) => hostOf(`https://${host}`))];
  }).flat();
}
