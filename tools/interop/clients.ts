import { type ApiEdge, startApiEdge } from "./api_edge.ts";
import type { Part } from "./part.ts";
import { goProgram, jarsOf, pythonWith, runProgram } from "./programs.ts";

const PLAYS = new URL("./clients/", import.meta.url).pathname;

/**
 * The last line that each program prints after creating, listing, changing and deleting a meeting and a room
 * with a generated client.
 */
const PLAYED = "created listed changed deleted";

/** A part that generates a client and runs a program that uses it. */
function clientPart(name: string, play: (edge: ApiEdge, signal: AbortSignal) => Promise<string>): Part {
  return {
    name,
    async run(signal) {
      await using edge = await startApiEdge();
      const said = await play(edge, signal);
      if (!said.trim().endsWith(PLAYED)) throw new Error(said);
      return PLAYED;
    },
  };
}

const askOf = ({ origin, key, owner }: ApiEdge) => ({ ORIGIN: origin, KEY: key, OWNER: owner });

/** openapi-python-client; the program checks the types of all parsed responses. */
export const pythonClient = clientPart("openapi-python-client", async (edge, signal) => {
  const bin = await pythonWith(["openapi-python-client==0.29.1"], signal);
  const { folder } = edge;
  const said = await runProgram(`${bin}/openapi-python-client`, [
    "generate",
    "--path",
    `${folder}/openapi.json`,
    "--output-path",
    `${folder}/client`,
    "--fail-on-warning",
  ], { cwd: folder, env: { PATH: `${bin}:${Deno.env.get("PATH")}` }, signal });
  console.log(said);
  return await runProgram(`${bin}/python`, [`${PLAYS}/play_python.py`], {
    env: { ...askOf(edge), PYTHONPATH: `${folder}/client` },
    signal,
  });
});

/** oapi-codegen. */
export const goClient = clientPart("oapi-codegen", async (edge, signal) => {
  const bin = await goProgram("github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2", signal);
  const folder = `${edge.folder}/go`;
  await Deno.mkdir(`${folder}/api`, { recursive: true });
  const code = await runProgram(`${bin}/oapi-codegen`, [
    "-generate",
    "types,client",
    "-package",
    "api",
    `${edge.folder}/openapi.json`,
  ], { signal });
  await Deno.writeTextFile(`${folder}/api/api.go`, code);
  await Deno.copyFile(`${PLAYS}/play_go.txt`, `${folder}/main.go`);
  const go = (...args: string[]) => runProgram("go", args, { cwd: folder, env: askOf(edge), signal });
  await go("mod", "init", "interop");
  await go("get", "github.com/oapi-codegen/runtime@v1.9.0");
  await go("mod", "tidy");
  return await go("run", ".");
});

const GENERATOR = "org.openapitools:openapi-generator-cli:7.25.0";

/** Has openapi-generator write a client into `folder`, without tests and documentation. */
async function generate(folder: string, signal: AbortSignal, ...options: readonly string[]): Promise<void> {
  const jars = await jarsOf([GENERATOR], signal);
  const besides = ["apiTests", "modelTests", "apiDocs", "modelDocs"].map((name) => `${name}=false`);
  await runProgram("java", [
    ...["-cp", jars, "org.openapitools.codegen.OpenAPIGenerator", "generate"],
    ...["--input-spec", `${folder}/openapi.json`, "--output", `${folder}/client`],
    ...["--global-property", ["apis", "models", "supportingFiles", ...besides].join(",")],
    ...options,
  ], { signal });
}

/** Requirements of the client that openapi-generator's `python` generates. */
const GENERATED_PYTHON = [
  "urllib3==2.8.0",
  "python-dateutil==2.9.0.post0",
  "pydantic==2.14.4",
  "typing-extensions==4.16.0",
];

/** openapi-generator, `python`: pydantic validates requests and responses against its types. */
export const generatedPython = clientPart("openapi-generator-python", async (edge, signal) => {
  await generate(edge.folder, signal, "--generator-name", "python", "--package-name", "tafelrunde");
  const bin = await pythonWith(GENERATED_PYTHON, signal);
  return await runProgram(`${bin}/python`, [`${PLAYS}/play_generated.py`], {
    env: { ...askOf(edge), PYTHONPATH: `${edge.folder}/client` },
    signal,
  });
});

/** Requirements of the client that openapi-generator's `java` generates. */
const GENERATED_JAVA = [
  "com.fasterxml.jackson.core:jackson-databind:2.21.5",
  "com.fasterxml.jackson.datatype:jackson-datatype-jsr310:2.21.5",
  "org.openapitools:jackson-databind-nullable:0.2.11",
  "com.google.code.findbugs:jsr305:3.0.2",
  "jakarta.annotation:jakarta.annotation-api:1.3.5",
  "org.apache.httpcomponents:httpmime:4.5.14",
];

/** openapi-generator, `java` with the JDK's own HTTP client. */
export const generatedJava = clientPart("openapi-generator-java", async (edge, signal) => {
  await generate(edge.folder, signal, "--generator-name", "java", "--library", "native");
  const jars = await jarsOf(GENERATED_JAVA, signal);
  const classes = `${edge.folder}/classes`;
  const sources = ["-sourcepath", `${edge.folder}/client/src/main/java`, `${PLAYS}/PlayJava.java`];
  await runProgram("javac", ["-nowarn", "-d", classes, "-cp", jars, ...sources], { signal });
  return await runProgram("java", ["-cp", `${classes}:${jars}`, "PlayJava"], { env: askOf(edge), signal });
});
