import { startPostgres } from "../postgres.ts";
import { dependencies } from "../setup/dependencies.ts";
import { chromium, findChromium, firefox, nats, postgres, webkit } from "../setup/for_tests.ts";
import { findWorker, mediaWorker } from "../setup/media_worker.ts";
import { findNode, node } from "../setup/node.ts";
import { setup } from "../setup/setup.ts";
import { SetupError } from "../setup/step.ts";
import { webApp } from "../setup/web_app.ts";
import { listenForStop, StopRequested } from "../stop_request.ts";
import type { Count } from "./junit.ts";
import { runSuite, type Suite } from "./suite.ts";
import { describePrograms } from "./versions.ts";

/**
 * Brings about what tests need, starts one PostgreSQL for them all, runs the suites one after another, and prints
 * "N passed, N failed" as the last line. Gives the exit code: 0 when nothing failed.
 *
 * Suites find in their environment: TEST_DATABASE_URL (admin), NODE_BIN, MEDIASOUP_WORKER_BIN, CHROMIUM_BIN.
 */
export async function runTests(choose: (temp: string, node: string) => Promise<Suite[]>): Promise<number> {
  const stop = listenForStop();
  const sum: Count = { passed: 0, failed: 0 };
  const temp = await Deno.makeTempDir({ prefix: "tafelrunde-test-" });
  try {
    await setup(
      [dependencies, node, mediaWorker, webApp, chromium, firefox, webkit, postgres, nats],
      stop.signal,
    );
    console.log(await describePrograms());
    const nodePath = await findNode() ?? "node";
    await using database = await startPostgres();
    const env = {
      TEST_DATABASE_URL: database.url,
      NODE_BIN: nodePath,
      MEDIASOUP_WORKER_BIN: await findWorker() ?? "",
      CHROMIUM_BIN: await findChromium() ?? "",
    };
    for (const suite of await choose(temp, nodePath)) {
      stop.signal.throwIfAborted();
      const { passed, failed } = await runSuite(suite, env, stop.signal);
      sum.passed += passed;
      sum.failed += failed;
    }
    stop.signal.throwIfAborted();
  } catch (error) {
    sum.failed += 1;
    if (error instanceof StopRequested) console.error("\nstopped before the end");
    else console.error(error instanceof SetupError ? error.message : error);
  } finally {
    await Deno.remove(temp, { recursive: true });
  }
  console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed ? 1 : 0;
}
