/**
 * `deno task interop`: tests other implementations against this one; the command line can select parts. Each
 * part prints its figures as its last line; the last line of all is "N passed, N failed". Needs Python 3.11,
 * Go, Java 17 with Maven, Node and npm.
 */
import { PARTS } from "./interop/parts.ts";
import { listenForStop } from "./stop_request.ts";

const stop = listenForStop();
const unknown = Deno.args.filter((name) => !PARTS.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`no part ${unknown.join(", ")}; there are: ${PARTS.map(({ name }) => name).join(", ")}`);
  Deno.exit(1);
}
const figures: string[] = [];
let failed = 0;
for (const { name, run } of PARTS) {
  if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
  if (stop.signal.aborted) break;
  console.log(`\n${name}`);
  const begunAt = Date.now();
  const figure = await run(stop.signal).catch((error: unknown) => {
    failed++;
    console.error(error instanceof Error ? error.message : error);
    return "FAILED";
  });
  figures.push(`${name}: ${figure} (${Math.round((Date.now() - begunAt) / 1000)} s)`);
}
console.log(`\n${figures.join("\n")}`);
if (stop.signal.aborted) console.error("stopped before the end");
console.log(`${figures.length - failed} passed, ${failed} failed`);
Deno.exit(failed > 0 || stop.signal.aborted ? 1 : 0);
