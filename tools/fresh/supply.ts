import { runChild } from "../child_process.ts";
import { SetupError } from "../setup/step.ts";

/** A suite on a Debian mirror. */
export interface Repository {
  readonly uri: string;
  /** "bookworm", "bookworm-security" … */
  readonly release: string;
}

/** Where this machine gets npm and Debian packages, and what is needed to reach them. */
export interface Supply {
  /** The release itself first. */
  readonly repositories: readonly Repository[];
  readonly npmRegistry: string;
  /** All hosts and ports of both, and of nothing else. */
  readonly hosts: readonly { readonly name: string; readonly port: number }[];
  /** File with the certificates that authenticate the registry; undefined: the default ones. */
  readonly certificates: string | undefined;
  /** Lines of apt's configuration: whether outdated lists of a frozen mirror are accepted. */
  readonly aptConf: string;
}

/** apt settings that decide whether outdated lists are accepted. */
const APT_SETTINGS = ["Acquire::Check-Valid-Until", "Acquire::Check-Date"];

/** Queries npm and apt. Throws if this machine is not Debian 12, or uses a proxy for either. */
export async function findSupply(): Promise<Supply> {
  const [registry, cafile, ...proxies] = await Promise.all(
    ["registry", "cafile", "proxy", "https-proxy"].map((name) => words("npm", ["config", "get", name])),
  );
  const targets = await words("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI) $(RELEASE) $(COMPONENT)",
    "Created-By: Packages",
  ]);
  const repositories = targets.split("\n").map((line) => line.split(" ")).flatMap((
    [uri, release, component],
  ) => uri && release?.startsWith("bookworm") && component === "main" ? [{ uri, release }] : []).sort((
    one,
    other,
  ) => one.release.length - other.release.length);
  if (repositories[0]?.release !== "bookworm") {
    throw new SetupError("apt has no mirror of Debian 12 (bookworm)");
  }
  const settings = await Promise.all(
    APT_SETTINGS.map(async (
      name,
    ) => [name, await words("sh", ["-c", `eval "$(apt-config shell v ${name})"; echo "$v"`])]),
  );
  const aptProxy = await words("sh", ["-c", 'eval "$(apt-config shell v Acquire::http::Proxy)"; echo "$v"']);
  if (aptProxy || proxies.some((value) => value && value !== "null")) {
    throw new SetupError("a fresh machine gets its packages without a proxy, and this one has one");
  }
  const urls = [registry ?? "", ...repositories.map(({ uri }) => uri)].map((url) => new URL(url));
  const hosts = new Map(urls.map(({ hostname, port, protocol }) => {
    const number = Number(port) || (protocol === "https:" ? 443 : 80);
    return [`${hostname}:${number}`, { name: hostname, port: number }];
  }));
  const certificates = cafile && cafile !== "null" ? cafile : Deno.env.get("NODE_EXTRA_CA_CERTS");
  return {
    repositories,
    npmRegistry: registry ?? "",
    hosts: [...hosts.values()],
    certificates: certificates || undefined,
    aptConf: settings.map(([name, value]) => value ? `${name} "${value}";\n` : "").join(""),
  };
}

async function words(command: string, args: string[]): Promise<string> {
  const { code, output } = await runChild(command, args, { stderr: "null", env: { LC_ALL: "C.UTF-8" } });
  if (code !== 0) throw new SetupError(`${command} ${args[0]} ended with ${code}`);
  return output.trim();
}
