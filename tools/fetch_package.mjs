import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";

/**
 * Puts the contents of an npm package into the folder `<cache>/<name>-<version>` and returns the path of its
 * program. Fetches it with `npm pack`, which uses the machine's registry, proxy and certificates, runs no
 * script and asks nothing; uses it only if the tarball's sha512 is the pinned one. The folder appears at the
 * end by a rename, so it is never incomplete and two simultaneous runs do not clash.
 *
 * Throws if npm is missing or fails, or if the checksum differs.
 *
 * @param {import("./versions.mjs").NpmProgram} program
 * @param {string} cache
 * @param {AbortSignal} [signal]
 * @returns {Promise<string>}
 */
export async function fetchPackage(program, cache, signal) {
  const spec = `${program.name}@${program.version}`;
  await mkdir(join(cache, "tmp"), { recursive: true });
  const temp = await mkdtemp(join(cache, "tmp", `fetch-${process.pid}-`));
  const target = packageDir(program, cache);
  try {
    await mkdir(join(temp, "package"));
    await run("npm", ["pack", spec, "--pack-destination", temp, "--loglevel=error"], signal);
    const tarball = (await readdir(temp)).find((name) => name.endsWith(".tgz"));
    if (!tarball) throw new Error(`npm pack ${spec} gave no tarball`);
    const digest = createHash("sha512").update(await readFile(join(temp, tarball))).digest("base64");
    if (`sha512-${digest}` !== program.integrity) {
      throw new Error(`${spec} is not the pinned one: expected ${program.integrity}, got sha512-${digest}`);
    }
    await run(
      "tar",
      ["-xzf", join(temp, tarball), "-C", join(temp, "package"), "--strip-components=1"],
      signal,
    );
    await chmod(join(temp, "package", program.binary), 0o755);
    await rename(join(temp, "package"), target).catch((error) => {
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
  return join(target, program.binary);
}

/**
 * Where `fetchPackage` puts it.
 * @param {import("./versions.mjs").NpmProgram} program
 * @param {string} cache
 */
export function packageDir(program, cache) {
  return join(cache, `${program.name.replaceAll(/[@/]+/g, "-").replace(/^-/, "")}-${program.version}`);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function run(command, args, signal) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], ...(signal && { signal }) });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (errors += text));
    child.on("error", fail);
    child.on("close", (code) => {
      if (code === 0) done();
      else fail(new Error(`${command} ${args.join(" ")} ended with ${code}:\n${errors.trim()}`));
    });
  });
}
