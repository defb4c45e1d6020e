/**
 * `deno task ok`, the gate before a commit: format, lint, types, imports and the tests that need no browser.
 */
import { runTests } from "./test/run.ts";
import { quickSuites } from "./test/suites.ts";

Deno.exit(await runTests(quickSuites));
