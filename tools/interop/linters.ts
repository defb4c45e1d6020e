import { startApiEdge } from "./api_edge.ts";
import type { Part } from "./part.ts";
import { npmPrograms, runProgram } from "./programs.ts";

const PACKAGES = ["@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3"];

/** Two linters report nothing about the API description. */
export const linters: Part = {
  name: "linters",
  async run(signal) {
    const bin = await npmPrograms(PACKAGES, signal);
    await using edge = await startApiEdge();
    const { folder } = edge;
    await Deno.writeTextFile(`${folder}/.spectral.json`, `{"extends":["spectral:oas"]}`);
    const run = (program: string, ...args: string[]) =>
      runProgram(`${bin}/${program}`, args, { cwd: folder, signal });
    await run("redocly", "lint", "openapi.json", "--extends=recommended", "--max-problems=1000");
    const said = await run("spectral", "lint", "openapi.json", "--fail-severity=hint");
    console.log(said);
    return "redocly and spectral: 0 errors, 0 warnings";
  },
};
