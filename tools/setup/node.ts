import { arch, platform } from "node:process";
import { fetchPackage, packageDir } from "../fetch_package.mjs";
import { CACHE } from "../places.ts";
import { isAtLeast, LOWEST_NODE, NODE } from "../versions.mjs";
import type { Step } from "./step.ts";

const program = NODE[`${platform}-${arch}`];

/**
 * Node for the media node: NODE_BIN, otherwise the one on the PATH if it is new enough, otherwise the one
 * fetched before; undefined if there is none.
 */
export async function findNode(): Promise<string | undefined> {
  const named = Deno.env.get("NODE_BIN");
  if (named) return named;
  if (isAtLeast(await versionOf("node"), LOWEST_NODE)) return "node";
  if (!program) return undefined;
  const fetched = `${packageDir(program, CACHE)}/${program.binary}`;
  return await Deno.stat(fetched).then(() => fetched, () => undefined);
}

/**
 * Node ≥ LOWEST_NODE. The fetched one stays in the cache: in node_modules/.bin, Deno's task shell would take
 * it for a script.
 */
export const node: Step = {
  name: "Node.js",
  async check() {
    const found = await findNode();
    if (found && isAtLeast(await versionOf(found), LOWEST_NODE)) return undefined;
    if (found && Deno.env.get("NODE_BIN")) {
      return { obstacle: `NODE_BIN=${found} is not a Node.js ≥ ${LOWEST_NODE}` };
    }
    if (!program) {
      return { obstacle: `none pinned for ${platform}-${arch}, install Node.js ≥ ${LOWEST_NODE}` };
    }
    if (!await versionOf("npm")) {
      return {
        obstacle:
          `Node.js ≥ ${LOWEST_NODE}, or an older one with npm, which can fetch it (https://nodejs.org)`,
      };
    }
    return {
      async run(tell, signal) {
        tell(`fetching ${program.version} from npm (52 MB)`);
        await fetchPackage(program, CACHE, signal);
      },
    };
  },
};

async function versionOf(command: string): Promise<string> {
  try {
    const { stdout } = await new Deno.Command(command, { args: ["--version"], stderr: "null" }).output();
    return new TextDecoder().decode(stdout).trim();
  } catch {
    return "";
  }
}
