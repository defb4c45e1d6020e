import { startApiEdge } from "./api_edge.ts";
import type { Part } from "./part.ts";
import { pythonWith, runProgram } from "./programs.ts";

const PLACE = new URL("./clients/", import.meta.url).pathname;

/** Requests that are made up for each operation. */
const EXAMPLES = 100;

/** Workers, as many as two cores serve. */
const WORKERS = 4;

/** The operations that it asks, by their tag: of the others, not all is mended that it finds. */
const TAG = "meetings";

/** schemathesis with all its checks: what the API's description allows is taken, and all else refused, as described. */
export const schemathesis: Part = {
  name: "schemathesis",
  async run(signal) {
    const bin = await pythonWith(["schemathesis==4.32.5"], signal);
    await using edge = await startApiEdge();
    const { folder, origin, keys, sessions } = edge;
    for (const name of ["schemathesis.toml", "schemathesis_hooks.py"]) {
      await Deno.copyFile(`${PLACE}${name}`, `${folder}/${name}`);
    }
    const said = await runProgram(`${bin}/schemathesis`, [
      ...["--no-color", "run", `${origin}/v1/openapi.json`, "--include-tag", TAG, "--checks", "all"],
      ...["--phases", "fuzzing", "--max-examples", String(EXAMPLES), "--workers", String(WORKERS)],
      ...["--no-shrink", "--warnings", "off"],
    ], {
      cwd: folder,
      env: { ORIGIN: origin, KEYS: keys.join(" "), SESSIONS: sessions.join(" ") },
      signal,
    });
    const [cases = "its cases"] = /\d+ generated/.exec(said) ?? [];
    return `${TAG}, all checks: ${cases}, nothing found`;
  },
};
