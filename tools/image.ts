/**
 * `deno run -A tools/image.ts media|edge FOLDER`: copies what one process needs at run time, for the last
 * stage of its Dockerfile: its sources without tests, its packages without build dependencies, and build
 * results. The packages must be installed; the worker and the web app are fetched or built.
 */
import { dirname, relative } from "node:path";
import { ROOT } from "./places.ts";
import { dependencies } from "./setup/dependencies.ts";
import { findWorker, mediaWorker } from "./setup/media_worker.ts";
import { node } from "./setup/node.ts";
import { setup } from "./setup/setup.ts";
import { webApp } from "./setup/web_app.ts";
import { listenForStop } from "./stop_request.ts";

/**
 * Parts of packages that nothing reads at run time: mediasoup's sources, since the worker is built already.
 */
const UNUSED = [/\/mediasoup\/worker$/];

/** Copies a file or folder to the same path below `out`; links are copied as links. */
async function copy(path: string, out: string): Promise<void> {
  if (UNUSED.some((part) => part.test(path))) return;
  const from = `${ROOT}/${path}`;
  const to = `${out}/${path}`;
  const { isDirectory, isSymlink } = await Deno.lstat(from);
  await Deno.mkdir(isDirectory ? to : dirname(to), { recursive: true });
  if (isSymlink) await Deno.symlink(await Deno.readLink(from), to).catch(ignoreExisting);
  else if (!isDirectory) await Deno.copyFile(from, to);
  else for await (const { name } of Deno.readDir(from)) await copy(`${path}/${name}`, out);
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
}

/** Copies a workspace folder's sources, and its packages with their dependencies. */
async function copyMember(member: string, out: string): Promise<void> {
  for await (const path of sources(member)) await copy(path, out);
  const { dependencies = {} } = JSON.parse(await Deno.readTextFile(`${ROOT}/${member}/package.json`)) as {
    dependencies?: Record<string, string>;
  };
  const seen = new Set<string>();
  for (const name of Object.keys(dependencies)) {
    await copyPackage(`${member}/node_modules/${name}`, out, seen);
  }
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(`${ROOT}/${folder}`)) {
    const path = `${folder}/${name}`;
    if (isDirectory && name !== "node_modules") yield* sources(path);
    else if (isFile && !/(^test_|_test\.ts$)/.test(name)) yield path;
  }
}

/** Copies the link to a package, the package, and its dependencies beside it. */
async function copyPackage(link: string, out: string, seen: Set<string>): Promise<void> {
  await copy(link, out);
  const real = relative(ROOT, await Deno.realPath(`${ROOT}/${link}`));
  if (seen.has(real) || !real.startsWith("node_modules/")) return;
  seen.add(real);
  await copy(real, out);
  const beside = real.slice(0, real.lastIndexOf("/node_modules/") + "/node_modules".length);
  for (const neighbour of await packagesIn(beside)) {
    if ((await Deno.lstat(`${ROOT}/${neighbour}`)).isSymlink) await copyPackage(neighbour, out, seen);
  }
}

async function packagesIn(folder: string): Promise<string[]> {
  const packages: string[] = [];
  for await (const { name } of Deno.readDir(`${ROOT}/${folder}`)) {
    if (name.startsWith(".")) continue;
    if (name.startsWith("@")) packages.push(...await packagesIn(`${folder}/${name}`));
    else packages.push(`${folder}/${name}`);
  }
  return packages;
}

const [kind, out] = Deno.args;
if (out === undefined || (kind !== "media" && kind !== "edge")) {
  console.error("usage: image.ts media|edge FOLDER");
  Deno.exit(2);
}
const { signal } = listenForStop();
await copyMember("protocol", out);
if (kind === "media") {
  await setup([dependencies, node, mediaWorker], signal);
  await copyMember("media", out);
  await Deno.copyFile((await findWorker())!, `${out}/mediasoup-worker`);
  await copy("package.json", out);
} else {
  await setup([dependencies, webApp], signal);
  await copyMember("edge", out);
  const { imports } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`)) as {
    imports: Record<string, string>;
  };
  const seen = new Set<string>();
  // What the whole workspace can import, without the tests' own packages (a browser, axe).
  for (const [alias, from] of Object.entries(imports)) {
    const name = /^npm:(@?[^@]+)@/.exec(from)?.[1];
    if (alias.startsWith("@std/") && name !== undefined) await copyPackage(`node_modules/${name}`, out, seen);
  }
  for (const path of ["sql", "web/dist", "deno.json", "deno.lock", "package.json"]) await copy(path, out);
  // The workspace lists its folders; even those that the edge does not use must exist.
  for (const path of ["media/package.json", "web/package.json", "bench/deno.json"]) await copy(path, out);
}
await copy("LICENSE", out);
Deno.exit(0);
