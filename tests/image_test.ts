import assert from "node:assert/strict";
import { parse } from "@std/yaml";
import { validate } from "dockerfile-utils";
import { readConfig as readEdgeConfig, VARIABLES as EDGE_VARIABLES } from "../edge/config.ts";
import { readConfig as readMediaConfig, VARIABLES as MEDIA_VARIABLES } from "../media/src/config.ts";
import { eachLine, startChild } from "../tools/child_process.ts";
import { ROOT } from "../tools/places.ts";
import { freeTcpPort } from "../tools/ports.ts";
import { findNode } from "../tools/setup/node.ts";
import { until } from "./browser_rig.ts";

/** Folders of the images; in these tests, below a temporary one. */
const PLACES = { "/opt/tafelrunde": "program", "/var/lib/tafelrunde": "data" } as const;

/** Longest wait for a process to be ready, ms: PGlite creates its files in 3 s, on a busy machine in 20. */
const READY_MS = 90_000;

const CLUSTER_KEY = "a cluster key of images that are under test";

/** How a Dockerfile's last stage runs the process. */
interface Recipe {
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly healthCheck: readonly string[];
}

/** Reads a Dockerfile, with its folders moved below `folder`. */
async function readRecipe(kind: "media" | "edge", folder: string): Promise<Recipe> {
  let text = (await Deno.readTextFile(`${ROOT}/Dockerfile.${kind}`)).replaceAll(/\\\n\s*/g, "");
  for (const [place, below] of Object.entries(PLACES)) text = text.replaceAll(place, `${folder}/${below}`);
  const stage = text.slice(text.lastIndexOf("\nFROM "));
  const listAfter = (start: RegExp): string[] => JSON.parse(start.exec(stage)![1]!);
  const [, env] = /^ENV (.*)$/m.exec(stage)!;
  return {
    env: Object.fromEntries(Array.from(env!.matchAll(/(\w+)=(\S*)/g), ([, name, value]) => [name, value])),
    command: listAfter(/^CMD (.*)$/m),
    healthCheck: listAfter(/^HEALTHCHECK .* CMD (.*)$/m),
  };
}

/** Names of the files below a folder, without those of packages. */
async function* ownFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(folder)) {
    if (isDirectory && name !== "node_modules") yield* ownFiles(`${folder}/${name}`);
    else if (isFile) yield name;
  }
}

/**
 * Runs the program in a folder until it is healthy, and stops it. `host`: its address, if not the image's.
 */
async function runAndStop(
  kind: "media" | "edge",
  program: string,
  { env, command, healthCheck }: Recipe,
  host: string | undefined,
  data: string,
): Promise<void> {
  const programs: Record<string, string> = { node: await findNode() ?? "node", deno: Deno.execPath() };
  const options = {
    cwd: program,
    clearEnv: true,
    env: {
      ...env,
      HOME: data,
      CLUSTER_KEY,
      ...kind === "media"
        ? { CONTROL_PORT: String(freeTcpPort()), RTC_PORT: "0", WORKERS: "1" }
        : { PORT: String(freeTcpPort()) },
      ...host !== undefined && { [kind === "media" ? "CONTROL_HOST" : "HOST"]: host },
    },
    stdout: "piped",
    stderr: "piped",
  } as const;
  const [name, ...args] = command as [string, ...string[]];
  const said: string[] = [];
  const running = startChild(programs[name]!, args, options);
  try {
    const hear = (line: string) => void said.push(line);
    const isReady = () => said.some((line) => line.includes('"event":"ready"'));
    const heard = Promise.all([
      eachLine(running.process.stdout, hear),
      eachLine(running.process.stderr, hear),
    ]);
    const [checkName, ...checkArgs] = healthCheck as [string, ...string[]];
    const isHealthy = async () =>
      (await new Deno.Command(programs[checkName]!, { ...options, args: checkArgs }).output()).success;
    // It is not queried before it reports that it is ready: an edge creates its database first, and each
    // query is a process.
    await until(
      () => Promise.resolve(isReady()),
      () => `it is not ready at ${host}:\n${said.join("\n")}`,
      READY_MS,
    );
    await until(isHealthy, () => `it is not healthy at ${host}:\n${said.join("\n")}`);
    await running.end();
    await running.process.status;
    await heard;
    assert.ok(said.some((line) => line.includes(`"stopped"`)), `at ${host}: ${said.join("\n")}`);
    assert.equal(await isHealthy(), false);
  } finally {
    await running.end();
  }
}

for (const kind of ["media", "edge"] as const) {
  Deno.test(`the contents of the ${kind} image run by themselves, become healthy, and stop when asked to`, async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await Deno.makeTempDir({ prefix: "tafelrunde-image-" });
    stack.defer(() => Deno.remove(folder, { recursive: true }));
    const program = `${folder}/program`;
    await Deno.mkdir(`${folder}/data`);
    const copying = startChild(Deno.execPath(), ["run", "-A", `${ROOT}/tools/image.ts`, kind, program], {
      stdout: "piped",
      stderr: "piped",
    });
    const { success, stderr } = await copying.process.output();
    await copying.end();
    assert.ok(success, new TextDecoder().decode(stderr));
    const tests = (await Array.fromAsync(ownFiles(program))).filter((name) => /_test\.ts$|^test_/.test(name));
    assert.deepEqual(tests, []);

    // As in the image, and with IPv6 loopback only.
    for (const host of [undefined, "::1"]) {
      await runAndStop(kind, program, await readRecipe(kind, folder), host, `${folder}/data`);
    }
  });

  Deno.test(`a linter finds nothing in Dockerfile.${kind}`, async () => {
    assert.deepEqual(validate(await Deno.readTextFile(`${ROOT}/Dockerfile.${kind}`)), []);
  });
}

Deno.test("compose.yaml configures edges and nodes with existing variables and valid values", async () => {
  const { services } = parse(await Deno.readTextFile(`${ROOT}/compose.yaml`)) as {
    services: Record<string, { build?: { dockerfile: string }; environment: Record<string, string> }>;
  };
  const ports: string[] = [];
  for (const [name, { build, environment }] of Object.entries(services)) {
    if (build === undefined) continue;
    const env = Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [
        key,
        value.replace(/\$\{CLUSTER_KEY[^}]*\}/, CLUSTER_KEY).replace(/\$\{\w+:-(\w+)\}/, "$1"),
      ]),
    );
    const isMedia = build.dockerfile === "Dockerfile.media";
    const known: object = isMedia ? MEDIA_VARIABLES : EDGE_VARIABLES;
    assert.deepEqual(Object.keys(env).filter((key) => !Object.hasOwn(known, key)), [], name);
    if (isMedia) readMediaConfig(env);
    else readEdgeConfig((key) => env[key]);
    ports.push(...["PORT", "CONTROL_PORT", "RTC_PORT", "PROBE_PORT"].flatMap((key) => env[key] ?? []));
  }
  assert.equal(new Set(ports).size, ports.length, "all of them are on one host");
});
