import { type BoundChild, type ChildResult, runChild, startChild } from "../child_process.ts";
import { SetupError } from "../setup/step.ts";
import type { Supply } from "./supply.ts";

/** Path of the registry's certificates in the machine: no Debian package writes there. */
const CERTIFICATES = "/etc/ssl/registry.pem";

/**
 * The machine's first process. It runs in its own namespaces, which end with it, and reaps orphaned processes
 * like an init. Prints its process id on the host once everything is mounted.
 */
const INIT = `set -e
read -r pid _ </proc/self/stat
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs -o mode=755 dev dev
for node in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "dev/\${node%:*}" c 1 "\${node#*:}"; done
mknod -m 666 dev/tty c 5 0
mkdir dev/pts dev/shm dev/net
if [ -e /dev/net/tun ]; then mknod -m 666 dev/net/tun c 10 200; fi
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin; ln -s fd/1 dev/stdout; ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=755 run run
hostname fresh
pivot_root . mnt
exec chroot . /bin/sh -ec 'umount -l /mnt; echo "$1"; exec >/dev/null; sleep infinity & wait' sh "$pid"`;

/** Contents of the machine's files by path. */
type Files = Readonly<Record<string, string>>;

/** A process of the machine: its process id on the host, and its command line. */
interface Process {
  readonly pid: number;
  readonly command: string;
}

/**
 * A bare Debian in its own namespaces (mounts, processes, network, IPC, host name). Its network reaches the
 * hosts of npm's and Debian's packages and nothing else: it has no route and resolves no other name. It ends
 * with this process, even if that is killed with -9.
 */
export class FreshMachine implements AsyncDisposable {
  readonly #folder: string;
  readonly #init: BoundChild;
  readonly #pid: number;
  /** Its process, network and mount namespaces, as /proc names them. */
  readonly #namespaces: readonly string[];
  readonly #stack: AsyncDisposableStack;
  readonly #env: string[];

  private constructor(
    folder: string,
    init: BoundChild,
    pid: number,
    namespaces: readonly string[],
    stack: AsyncDisposableStack,
    env: string[],
  ) {
    this.#folder = folder;
    this.#init = init;
    this.#pid = pid;
    this.#namespaces = namespaces;
    this.#stack = stack;
    this.#env = env;
  }

  /** Unpacks `tarball` into `folder`, which is removed with the machine, and starts it. */
  static async start(
    folder: string,
    tarball: string,
    supply: Supply,
    signal: AbortSignal,
  ): Promise<FreshMachine> {
    const root = `${folder}/root`;
    await Deno.mkdir(root);
    await must("tar", ["-xpf", tarball, "-C", root, "--numeric-owner"], signal);
    await writeFiles(root, supply);
    const stack = new AsyncDisposableStack();
    try {
      const namespaces = ["--mount", "--pid", "--net", "--ipc", "--uts"];
      const args = [
        ...namespaces,
        "--propagation=private",
        "--fork",
        "--kill-child",
        "sh",
        "-c",
        INIT,
        "sh",
        root,
      ];
      // unshare ignores SIGTERM.
      const init = startChild("unshare", args, {
        stdout: "piped",
        endWith: "QUIT",
        removeAfterwards: folder,
      });
      stack.defer(async () => {
        await init.end();
        await init.process.status;
      });
      const pid = await firstNumber(init.process.stdout);
      await connect(stack, root, pid, supply, signal);
      const env = [
        "HOME=/root",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        ...supply.certificates === undefined
          ? []
          : [`NODE_EXTRA_CA_CERTS=${CERTIFICATES}`, `DENO_CERT=${CERTIFICATES}`],
      ];
      const links = await Promise.all(
        ["pid", "net", "mnt"].map((kind) => Deno.readLink(`/proc/${pid}/ns/${kind}`)),
      );
      return new FreshMachine(folder, init, pid, links, stack, env);
    } catch (error) {
      await stack.disposeAsync();
      throw error;
    }
  }

  /** The machine's "/", as a path on the host. */
  get root(): string {
    return `${this.#folder}/root`;
  }

  /** Runs a shell script in one of the machine's folders and returns its output. */
  async run(
    script: string,
    folder: string,
    signal: AbortSignal,
    onLine?: (line: string) => void,
  ): Promise<ChildResult> {
    const inside = ["--target", String(this.#pid), "--mount", "--pid", "--net", "--ipc", "--uts"];
    const command = ["env", "-i", ...this.#env, "sh", "-c", `cd "$0" && exec 2>&1; ${script}`, folder];
    return await runChild("nsenter", [...inside, ...command], { signal, ...(onLine && { onLine }) });
  }

  /** All processes in the machine except its first ones. */
  async processes(): Promise<Process[]> {
    const all = await processesIn(this.#namespaces.slice(0, 1));
    return all.filter(({ pid, command }) => pid !== this.#pid && command !== "sleep infinity");
  }

  /** Stops the machine, and returns what is left of it on the host; empty if all is well. */
  async end(): Promise<string[]> {
    await this[Symbol.asyncDispose]();
    const left = (await processesIn(this.#namespaces)).map(({ pid, command }) =>
      `process ${pid}: ${command}`
    );
    const mounts = await Deno.readTextFile("/proc/self/mountinfo");
    for (const line of mounts.split("\n")) if (line.includes(this.#folder)) left.push(`mount ${line}`);
    const { output } = await runChild("ip", ["link", "show"]);
    if (output.includes(hostInterface(this.#pid))) left.push(`network interface ${hostInterface(this.#pid)}`);
    if (await Deno.stat(this.#folder).then(() => true, () => false)) left.push(`folder ${this.#folder}`);
    return left;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
    // The first process takes all others with it; the kernel finishes a moment later.
    for (let tries = 0; tries < 200 && (await processesIn(this.#namespaces)).length > 0; tries++) {
      await new Promise((done) => setTimeout(done, 50));
    }
    await Deno.remove(this.#folder, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

/** Name of the host's end of the machine's virtual cable. */
const hostInterface = (pid: number) => `fresh${pid}`;

async function writeFiles(root: string, supply: Supply): Promise<void> {
  const files: Files = {
    "/etc/hostname": "fresh\n",
    "/etc/resolv.conf": "",
    "/etc/apt/apt.conf.d/90mirror": supply.aptConf,
    "/root/.npmrc": `registry=${supply.npmRegistry}\n` +
      (supply.certificates === undefined ? "" : `cafile=${CERTIFICATES}\n`),
  };
  for (const [path, text] of Object.entries(files)) {
    await Deno.writeTextFile(root + path, text, { mode: 0o644 });
  }
  if (supply.certificates !== undefined) {
    await Deno.mkdir(`${root}/etc/ssl`, { recursive: true });
    await Deno.copyFile(supply.certificates, root + CERTIFICATES);
  }
}

/**
 * Connects the machine with a veth pair. The host's end has one address per reachable host, which the machine
 * resolves by the host's name; connections to it are forwarded. There is no route to anything else.
 */
async function connect(
  stack: AsyncDisposableStack,
  root: string,
  pid: number,
  { hosts }: Supply,
  signal: AbortSignal,
): Promise<void> {
  const net = `10.${200 + pid % 50}.${Math.floor(pid / 50) % 250}`;
  const here = hostInterface(pid);
  const inside = (...args: string[]) =>
    must("nsenter", ["--target", String(pid), "--net", "ip", ...args], signal);
  await must(
    "ip",
    ["link", "add", here, "type", "veth", "peer", "name", "eth0", "netns", String(pid)],
    signal,
  );
  const names = [...new Set(hosts.map(({ name }) => name))];
  for (const index of names.keys()) {
    await must("ip", ["address", "add", `${net}.${index + 1}/24`, "dev", here], signal);
  }
  await must("ip", ["link", "set", here, "up"], signal);
  await inside("address", "add", `${net}.100/24`, "dev", "eth0");
  await inside("link", "set", "eth0", "up");
  await inside("link", "set", "lo", "up");
  const known = names.map((name, index) => `${net}.${index + 1} ${name}\n`).join("");
  await Deno.writeTextFile(`${root}/etc/hosts`, `127.0.0.1 localhost fresh\n::1 localhost\n${known}`);
  for (const { name, port } of hosts) {
    const listener = Deno.listen({ hostname: `${net}.${names.indexOf(name) + 1}`, port });
    stack.defer(() => listener.close());
    void passOn(listener, name, port);
  }
}

async function passOn(listener: Deno.Listener, hostname: string, port: number): Promise<void> {
  for (;;) {
    let near: Deno.Conn;
    try {
      near = await listener.accept();
    } catch {
      return; // closed
    }
    Deno.connect({ hostname, port }).then(async (far) => {
      // When one direction ends, the other is closed too, so that no connection to a lost peer stays open.
      await Promise.allSettled([
        near.readable.pipeTo(far.writable),
        far.readable.pipeTo(near.writable),
      ]);
    }).catch(() => near.close());
  }
}

/** Processes in any of some namespaces ("pid:[4026532001]"). */
async function processesIn(namespaces: readonly string[]): Promise<Process[]> {
  const found: Process[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const links = await Promise.all(
        ["pid", "net", "mnt"].map((kind) => Deno.readLink(`/proc/${name}/ns/${kind}`)),
      );
      if (!links.some((link) => namespaces.includes(link))) continue;
      const words = (await Deno.readTextFile(`/proc/${name}/cmdline`)).split("\0").join(" ").trim();
      found.push({ pid: Number(name), command: words });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

async function firstNumber(stream: ReadableStream<Uint8Array>): Promise<number> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes("\n")) return Number.parseInt(text);
  }
  throw new SetupError("the bare machine does not start: namespaces need root and a kernel that allows them");
}

async function must(command: string, args: string[], signal: AbortSignal): Promise<void> {
  const { code, output } = await runChild(command, args, { signal });
  if (code !== 0) throw new SetupError(`${command} ${args.join(" ")} ended with ${code}:\n${output.trim()}`);
}
