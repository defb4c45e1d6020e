/**
 * Loaded before an edge that is fuzzed: collects all garbage whenever it is told to (SIGUSR2). What is left is held; how much V8 lets lie in between
 * follows from how busy the edge was last.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
Deno.addSignalListener("SIGUSR2", () => collect());
