import assert from "node:assert/strict";
import { eachLine } from "../child_process.ts";
import { LogFile } from "./log_file.ts";
import { Service, ServiceError } from "./service.ts";

/** A service in a few lines of Deno. Its `show`n lines arrive in `shown`. */
async function withService(
  code: string,
  test: (service: Service, shown: string[]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const shown: string[] = [];
  const log = new LogFile(`${folder}/log`);
  const service = new Service({
    name: "thing",
    command: Deno.execPath(),
    args: ["eval", code],
    cwd: folder,
    env: {},
    log,
    show: (text) => shown.push(text),
  });
  try {
    await test(service, shown);
  } finally {
    await service.stop(5_000);
    log[Symbol.dispose]();
    await Deno.remove(folder, { recursive: true });
  }
}

const READY = `console.log(JSON.stringify({level: "info", event: "ready", port: 7}));`;
const LIVES = `setInterval(() => {}, 1000);`;

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, "waited in vain");
    await new Promise((done) => setTimeout(done, 20));
  }
}

Deno.test("a service that is killed is restarted, and reports it", async () => {
  await withService(READY + LIVES, async (service, shown) => {
    assert.equal((await service.ready).port, 7);
    const first = service.pid ?? 0;
    Deno.kill(first, "SIGKILL");
    await until(() => shown.includes("thing: runs again"));
    assert.match(shown[0] ?? "", /^thing: ended \(SIGKILL\)/);
    assert.notEqual(service.pid, first);
  });
});

Deno.test("a service that exits before it is ready gives its own output as the reason", async () => {
  const code =
    `console.log(JSON.stringify({level: "error", event: "cannotStart", message: "the data are in use"}));`;
  await withService(`${code} Deno.exit(1);`, async (service) => {
    await assert.rejects(service.ready, (error: Error) => {
      assert.ok(error instanceof ServiceError);
      assert.equal(error.message, "The thing does not start (code 1):\ncannotStart: the data are in use");
      return true;
    });
  });
});

Deno.test("a service that does not stop when asked is killed at the deadline, or at once by an impatient user", async () => {
  const stubborn = `Deno.addSignalListener("SIGTERM", () => {}); ${READY} ${LIVES}`;
  await withService(stubborn, async (service) => {
    await service.ready;
    const pid = service.pid ?? 0;
    const begunAt = Date.now();
    await service.stop(300);
    assert.ok(Date.now() - begunAt >= 290, "it had its time");
    assert.ok(!isRunning(pid), "it would never have ended by itself");
  });
  await withService(stubborn, async (service) => {
    await service.ready;
    const impatient = new AbortController();
    const stopped = service.stop(2 ** 30, impatient.signal);
    impatient.abort();
    await stopped;
  });
});

Deno.test("a service exits with its starter, even if that is killed with -9", async () => {
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const folder = await Deno.makeTempDir();
  const service = `${READY} for await (const _ of Deno.stdin.readable);`;
  const starter = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `const { Service } = await import(${module("./service.ts")});
      const { LogFile } = await import(${module("./log_file.ts")});
      const service = new Service({ name: "thing", command: Deno.execPath(), args: ["eval", ${
        JSON.stringify(service)
      }],
        cwd: "/", env: {}, log: new LogFile(${JSON.stringify(`${folder}/log`)}), show() {} });
      await service.ready;
      console.log(service.pid);`,
    ],
    stdout: "piped",
  }).spawn();
  let pid = 0;
  const reading = eachLine(starter.stdout, (line) => pid = Number(line));
  await until(() => pid > 0);
  starter.kill("SIGKILL");
  await Promise.all([reading, starter.status]);
  await until(() => !isRunning(pid));
  await Deno.remove(folder, { recursive: true });
});

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
