/**
 * Programs of other languages, from their registries through their own clients, each in a folder of
 * `.cache/interop`.
 */
import { join } from "node:path";
import { eachLine, startChild } from "../child_process.ts";
import { CACHE } from "../places.ts";

const HOME = join(CACHE, "interop");

/** Options of a program besides its arguments. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to completion and returns its standard output. Throws with its whole output if the exit code
 * is not 0.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env, signal }: RunOptions = {},
): Promise<string> {
  signal?.throwIfAborted();
  const child = startChild(command, [...args], {
    ...cwd !== undefined && { cwd },
    ...env && { env },
    stdout: "piped",
    stderr: "piped",
  });
  const letGo = () => void child.end();
  signal?.addEventListener("abort", letGo);
  const output: string[] = [];
  const errors: string[] = [];
  try {
    const [{ code }] = await Promise.all([
      child.process.status,
      eachLine(child.process.stdout, (line) => output.push(line)),
      eachLine(child.process.stderr, (line) => errors.push(line)),
    ]);
    signal?.throwIfAborted();
    if (code === 0) return output.join("\n");
    const said = [...output, ...errors].join("\n").slice(-8_000);
    throw new Error(`${[command, ...args].join(" ")} ended with ${code}:\n${said}`);
  } finally {
    signal?.removeEventListener("abort", letGo);
    letGo();
  }
}

/** The folder of a name, filled by `fill` once: if it exists, it is complete. */
async function folder(name: string, fill: (path: string) => Promise<void>): Promise<string> {
  await Deno.mkdir(HOME, { recursive: true });
  // The real path, since programs record their own path: a clone's link to a shared cache does not exist for
  // other clones.
  const path = join(await Deno.realPath(HOME), name);
  const done = join(path, ".done");
  if (await Deno.stat(done).catch(() => undefined)) return path;
  await Deno.remove(path, { recursive: true }).catch(() => {});
  await Deno.mkdir(path, { recursive: true });
  await fill(path);
  await Deno.writeTextFile(done, "");
  return path;
}

/**
 * A Python with packages from PyPI ("icalendar==7.3.0"); returns the folder of its programs, including
 * `python`.
 */
export async function pythonWith(packages: readonly string[], signal?: AbortSignal): Promise<string> {
  const name = `python-${packages.join("+").replaceAll(/[^\w.+-]/g, "-")}`;
  const path = await folder(name, async (path) => {
    await runProgram("python3", ["-m", "venv", path], { signal });
    await runProgram(`${path}/bin/pip`, ["install", "--quiet", "--disable-pip-version-check", ...packages], {
      signal,
    });
  });
  return `${path}/bin`;
}

/**
 * Jars from Maven Central with all dependencies ("org.mnode.ical4j:ical4j:4.2.0"); returns their class path.
 */
export async function jarsOf(coordinates: readonly string[], signal?: AbortSignal): Promise<string> {
  // Without their groups, since file names are limited to 255 bytes.
  const names = coordinates.map((coordinate) => coordinate.slice(coordinate.indexOf(":") + 1));
  const name = `java-${names.join("+").replaceAll(/[^\w.+-]/g, "-")}`;
  const path = await folder(name, async (path) => {
    const dependencies = coordinates.map((coordinate) => {
      const [group, artifact, version] = coordinate.split(":");
      return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
    });
    await Deno.writeTextFile(
      `${path}/pom.xml`,
      `<project><modelVersion>4.0.0</modelVersion><groupId>interop</groupId><artifactId>jars</artifactId><version>1</version><dependencies>${
        dependencies.join("")
      }</dependencies></project>`,
    );
    await runProgram("mvn", ["-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${path}/jars`], {
      cwd: path,
      signal,
    });
  });
  return `${path}/jars/*`;
}

/**
 * A program from the Go module proxy ("github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2");
 * returns its folder.
 */
export async function goProgram(module: string, signal?: AbortSignal): Promise<string> {
  return await folder(`go-${module.replaceAll(/[^\w.@-]/g, "-")}`, async (path) => {
    await runProgram("go", ["install", module], { env: { GOBIN: path, GOFLAGS: "-modcacherw" }, signal });
  });
}

/** Programs from npm ("@redocly/cli@2.77.0"); returns their folder. */
export async function npmPrograms(packages: readonly string[], signal?: AbortSignal): Promise<string> {
  const name = `npm-${packages.join("+").replaceAll(/[^\w.@+-]/g, "-")}`;
  const path = await folder(name, async (path) => {
    await Deno.writeTextFile(`${path}/package.json`, `{"private":true}`);
    await runProgram("npm", ["install", "--silent", "--no-audit", "--no-fund", ...packages], {
      cwd: path,
      signal,
    });
  });
  return `${path}/node_modules/.bin`;
}
