import { exampleOf } from "../../edge/http/openapi_examples.ts";
import { TAGS } from "../../edge/route.ts";
import type { Serving } from "../../tests/edge_rig.ts";
import { IDLE, LyingNode } from "../../tests/lying_node.ts";
import { startApiEdge } from "./api_edge.ts";
import type { Part } from "./part.ts";
import { pythonWith, runProgram } from "./programs.ts";
import { serveStages } from "./stage.ts";

const PLACE = new URL("./clients/", import.meta.url).pathname;

/** Requests generated for each operation. */
const EXAMPLES = 100;

/** Duration of the stateful phase, which chains operations through their responses, s. */
const STATEFUL_S = 240;

/** How often each operation returned each status, by method and path. */
type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/**
 * schemathesis with all its checks: requests that the API description allows are accepted, all others are
 * refused as described. It has one worker, because CPython 3.11 fails to parse in several threads at once
 * ("AST constructor recursion depth mismatch").
 */
function schemathesisPart(name: string, chosen: readonly string[], serving: Serving = "server"): Part {
  return {
    name: `schemathesis-${name}`,
    async run(signal) {
      const bin = await pythonWith(["schemathesis==4.32.5"], signal);
      await using edge = await startApiEdge(serving);
      const { folder, origin, db } = edge;
      const nodeId = exampleOf("NodeId") as string;
      await using node = await LyingNode.start(nodeId, JSON.stringify(IDLE), {
        reply: ({ id, type }) => type === "node.drain" ? [{ id, ok: null }] : [],
      });
      await using stages = await serveStages({ db, origin, node });
      for (const name of ["schemathesis.toml", "schemathesis_hooks.py"]) {
        await Deno.copyFile(`${PLACE}${name}`, `${folder}/${name}`);
      }
      const said = await runProgram(`${bin}/schemathesis`, [
        ...["--no-color", "run", `${origin}/v1/openapi.json`, ...chosen, "--checks", "all"],
        ...["--no-shrink", "--warnings", "off", "--workers", "1"],
      ], {
        cwd: folder,
        env: { ORIGIN: origin, STAGES: stages.url, COUNTS: `${folder}/counts.json` },
        signal,
      });
      // The node does not answer unknown requests and is therefore given up; thousands of changed rights
      // exceed an hour's share of a log.
      const complaints = edge.complaints.filter((line) => !/"event":"(?:node\.|log\.full)/.test(line));
      if (complaints.length > 0) throw new Error(complaints.join("\n"));
      const counts: Counts = JSON.parse(await Deno.readTextFile(`${folder}/counts.json`));
      const [cases = "its cases"] = /\d+ generated/.exec(said) ?? [];
      return `all checks: ${cases}, nothing found; ${grantedOf(counts)}`;
    },
  };
}

function grantedOf(counts: Counts): string {
  const never = Object.entries(counts).filter(([, byStatus]) =>
    !Object.keys(byStatus).some((status) => /^[23]/.test(status))
  );
  const names = never.map(([name, byStatus]) => `${name} (${Object.keys(byStatus).join(" ")})`);
  return `${Object.keys(counts).length} operations, never granted: ${names.join(", ") || "none"}`;
}

/** Each group of operations separately, all of them in chains, and all as edge functions are served. */
export const schemathesis: readonly Part[] = [
  ...Object.keys(TAGS).map((tag) =>
    schemathesisPart(tag, [
      ...["--include-tag", tag, "--phases", "examples,coverage,fuzzing", "--max-examples", String(EXAMPLES)],
    ])
  ),
  schemathesisPart("stateful", ["--phases", "stateful", "--max-time", String(STATEFUL_S)]),
  schemathesisPart("function", ["--phases", "examples,coverage"], "function"),
];
