/**
 * Debian's nginx, Caddy and Apache in front of an edge, configured with the very lines that docs/running.md
 * shows.
 */
import { connect } from "node:net";
import { type BoundChild, startChild } from "../tools/child_process.ts";
import { ROOT } from "../tools/places.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { findProxy } from "../tools/setup/for_tests.ts";

export const PROXIES = ["nginx", "caddy", "apache2"] as const;
export type ProxyName = (typeof PROXIES)[number];

/** The names that the proxy serves; the first is that of the documented lines. */
export const HOSTS = ["meet.example.org", "rat.example.org"] as const;

/** Longest wait for a proxy to accept connections, ms. */
const DEADLINE_MS = 30_000;

/** Language tags of the documented code blocks. */
const FENCES: Readonly<Record<ProxyName, string>> = { nginx: "nginx", caddy: "caddy", apache2: "apache" };

/** A running proxy. */
export interface Proxy extends AsyncDisposable {
  /** "https://127.0.0.1:PORT"; the Host header selects the name. */
  readonly url: string;
  readonly port: number;
  /** Its error output. */
  errors(): Promise<string>;
}

/** A port for a proxy, which the edge behind it has to know. */
export function choosePort(): number {
  return freeTcpPort();
}

/**
 * Starts a proxy at `port` in front of the edge at `edgeOrigin`, with its own certificate and compression
 * enabled.
 */
export async function startProxy(name: ProxyName, port: number, edgeOrigin: string): Promise<Proxy> {
  const command = await findProxy(name);
  if (command === undefined) throw new Error(`no ${name}: apt-get install nginx-light caddy apache2-bin`);
  const folder = await Deno.makeTempDir({ prefix: `tafelrunde-${name}-` });
  // nginx started as root runs its workers as another user.
  await Deno.chmod(folder, 0o755);
  await makeCertificate(folder);
  const shown = (await documented(FENCES[name])).replaceAll("127.0.0.1:8080", new URL(edgeOrigin).host);
  const { config, args } = CONFIGS[name](shown, folder, port);
  await Deno.writeTextFile(`${folder}/config`, config);
  const child = startChild(command, [...args], {
    env: { XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, HOME: folder },
    stdout: "null",
    stderr: "null",
    removeAfterwards: folder,
  });
  await untilListening(name, port, child, folder);
  return {
    url: `https://127.0.0.1:${port}`,
    port,
    errors: () => Deno.readTextFile(`${folder}/errors`).catch(() => ""),
    async [Symbol.asyncDispose]() {
      await child.end();
      await child.process.status;
    },
  };
}

/** The lines of a code block in docs/running.md. */
async function documented(fence: string): Promise<string> {
  const page = await Deno.readTextFile(`${ROOT}/docs/running.md`);
  const lines = new RegExp(`^\`\`\`${fence}\\n([^]*?)^\`\`\``, "m").exec(page)?.[1];
  if (lines === undefined) throw new Error(`docs/running.md shows no ${fence}`);
  return lines;
}

/** `text` with `from` replaced; throws if it does not contain it. */
function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`docs/running.md does not say ${from} any more`);
  return text.replaceAll(from, to);
}

interface Config {
  readonly config: string;
  readonly args: readonly string[];
}

/**
 * The documented lines with the test's port, certificate, folder and second name, inside what Debian's own
 * files contain.
 */
const CONFIGS: Readonly<Record<ProxyName, (shown: string, folder: string, port: number) => Config>> = {
  nginx(shown, folder, port) {
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((kind) => `    ${kind}_temp_path ${folder}/${kind};`).join("\n");
    const server = replaced(
      replaced(shown, "listen 443 ssl", `listen 127.0.0.1:${port} ssl`),
      HOSTS[0] + ";",
      `${HOSTS.join(" ")};`,
    );
    return {
      config: `daemon off;
pid ${folder}/pid;
error_log ${folder}/errors;
worker_processes 1;
events { worker_connections 768; }
http {
${paths}
    access_log off;
    gzip on;
    gzip_proxied any;
    gzip_min_length 1;
    gzip_types application/json text/css application/javascript;
${withCertificate(server, folder)}
}
`,
      args: ["-c", `${folder}/config`, "-p", folder, "-e", `${folder}/errors`],
    };
  },
  caddy(shown, folder, port) {
    const sites = HOSTS.map((host) => `${host}:${port}`).join(", ");
    const site = replaced(
      shown,
      `${HOSTS[0]} {`,
      `${sites} {
	bind 127.0.0.1
	tls ${folder}/cert.pem ${folder}/key.pem
	encode {
		gzip
		minimum_length 1
	}`,
    );
    return {
      config: `{
	admin off
	auto_https disable_redirects
	log {
		output file ${folder}/errors
		level WARN
	}
}
${site}
`,
      args: ["run", "--config", `${folder}/config`, "--adapter", "caddyfile"],
    };
  },
  apache2(shown, folder, port) {
    const modules = "mpm_event authz_core ssl socache_shmcb http2 headers proxy proxy_http deflate filter"
      .split(" ").map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join(
        "\n",
      );
    const site = replaced(
      replaced(shown, "*:443", `127.0.0.1:${port}`),
      `ServerName ${HOSTS[0]}`,
      `ServerName ${HOSTS[0]}\n    ServerAlias ${HOSTS[1]}`,
    );
    return {
      config: `${modules}
ServerRoot ${folder}
PidFile ${folder}/pid
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/errors
ServerName localhost
User www-data
Group www-data
Listen 127.0.0.1:${port} https
AddOutputFilterByType DEFLATE application/json text/html text/css
${withCertificate(site, folder)}
`,
      args: ["-f", `${folder}/config`, "-DFOREGROUND"],
    };
  },
};

function withCertificate(shown: string, folder: string): string {
  const live = `/etc/letsencrypt/live/${HOSTS[0]}`;
  return replaced(
    replaced(shown, `${live}/fullchain.pem`, `${folder}/cert.pem`),
    `${live}/privkey.pem`,
    `${folder}/key.pem`,
  );
}

async function makeCertificate(folder: string): Promise<void> {
  const names = HOSTS.map((host) => `DNS:${host}`).join(",");
  const { success } = await new Deno.Command("openssl", {
    args: [
      ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=test".split(" "),
      ...["-addext", `subjectAltName=${names}`, "-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`],
    ],
    stdout: "null",
    stderr: "null",
  }).output();
  if (!success) throw new Error("openssl made no certificate");
  await Deno.chmod(`${folder}/key.pem`, 0o644);
}

async function untilListening(name: string, port: number, child: BoundChild, folder: string): Promise<void> {
  let hasEnded = false;
  void child.process.status.then(() => hasEnded = true);
  const begunAt = Date.now();
  while (!await accepts(port)) {
    if (hasEnded || Date.now() - begunAt > DEADLINE_MS) {
      const said = await Deno.readTextFile(`${folder}/errors`).catch(() => "nothing");
      await child.end();
      throw new Error(`${name} did not start: ${said.slice(-2_000)}`);
    }
    await new Promise((done) => setTimeout(done, 20));
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
