/**
 * Loaded before a fuzzed edge: collects all garbage on SIGUSR2. What is left is reachable; the garbage that
 * V8 keeps in between depends on how busy the edge was.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
Deno.addSignalListener("SIGUSR2", () => collect());
