import { startTestEdge } from "../../tests/edge_rig.ts";
import { openEmptyPglite } from "../../edge/store/template_for_tests.ts";
import type { Part } from "./part.ts";
import { npmPrograms, runProgram } from "./programs.ts";

const PACKAGES = ["@redocly/cli@2.77.0", "@stoplight/spectral-cli@6.16.3"];

/** What two linters say of the API's description: nothing. */
export const linters: Part = {
  name: "linters",
  async run(signal) {
    const bin = await npmPrograms(PACKAGES, signal);
    const temp = await Deno.makeTempDir({ prefix: "tafelrunde-interop-" });
    try {
      await using store = await openEmptyPglite();
      await using edge = await startTestEdge({ store });
      const response = await fetch(`${edge.origin}/v1/openapi.json`);
      await Deno.writeTextFile(`${temp}/openapi.json`, await response.text());
      await Deno.writeTextFile(`${temp}/.spectral.json`, `{"extends":["spectral:oas"]}`);
      const run = (program: string, ...args: string[]) =>
        runProgram(`${bin}/${program}`, args, { cwd: temp, signal });
      console.log(
        await run("redocly", "lint", "openapi.json", "--extends=recommended", "--max-problems=1000"),
      );
      console.log(await run("spectral", "lint", "openapi.json", "--fail-severity=hint"));
      return "redocly and spectral: 0 errors, 0 warnings";
    } finally {
      await Deno.remove(temp, { recursive: true });
    }
  },
};
