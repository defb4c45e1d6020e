/** `npm test`, `deno task test`: everything, or what the command line names: `deno task test tests/call_test.ts`. */
import { runTests } from "./test/run.ts";
import { chooseSuites } from "./test/suites.ts";

Deno.exit(await runTests((temp) => chooseSuites(Deno.args, temp)));
