/**
 * `npm test`, `deno task test`: runs everything, or what the command line names: `deno task test
 * tests/call_test.ts`, with `--filter NAME` only tests whose names contain that.
 */
import { readOrExit, readTestArguments } from "./test/arguments.ts";
import { runTests } from "./test/run.ts";
import { chooseSuites } from "./test/suites.ts";

const asked = readOrExit(() => readTestArguments(Deno.args));
Deno.exit(await runTests((temp) => chooseSuites(asked, temp)));
