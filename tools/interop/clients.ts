import { type ApiEdge, startApiEdge } from "./api_edge.ts";
import type { Part } from "./part.ts";
import { goProgram, pythonWith, runProgram } from "./programs.ts";

const PLAYS = new URL("./clients/", import.meta.url).pathname;

/** What each program prints that has made, listed, changed and deleted a meeting and a room by a client that was generated. */
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

/** openapi-python-client, all types checked by what it makes of the answers. */
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
