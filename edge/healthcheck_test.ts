import assert from "node:assert/strict";

async function isHealthy(env: Readonly<Record<string, string>>): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-net",
      "--allow-env=HOST,PORT",
      new URL("./healthcheck.ts", import.meta.url).pathname,
    ],
    env,
  }).output();
  return success;
}

Deno.test("a container's health check asks the edge where it listens", async (t) => {
  for (const HOST of ["", "0.0.0.0", "127.0.0.1", "127.0.0.2", "::", "::1", "localhost"]) {
    await t.step(HOST || "by default", async () => {
      const asked: (string | null)[] = [];
      let status = 200;
      const hostname = HOST || "0.0.0.0";
      await using server = Deno.serve({ hostname, port: 0, onListen: () => {} }, (request) => {
        asked.push(`${request.headers.get("host")} ${new URL(request.url).pathname}`);
        return new Response(null, { status });
      });
      const env = { HOST, PORT: String(server.addr.port) };
      assert.ok(await isHealthy(env));
      status = 503;
      assert.ok(!await isHealthy(env), "it says that it is not well");
      assert.deepEqual(asked, ["localhost /v1/health", "localhost /v1/health"]);
      await server.shutdown();
      assert.ok(!await isHealthy(env), "it is gone");
    });
  }
});
