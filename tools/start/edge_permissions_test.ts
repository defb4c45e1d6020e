import assert from "node:assert/strict";
import { edgePermissions } from "./edge_permissions.ts";

Deno.test("the edge can reach what its configuration names, and nothing else", () => {
  const env = {
    PORT: "8080",
    MEDIA_NODES: "ws://127.0.0.1:4400, wss://fra.example",
    DATABASE_URL: "postgres://user:secret@db.example/tafelrunde",
    NATS_URL: "",
    OIDC_ISSUER_2: "https://id.example/realms/rathaus",
    OIDC_HOSTS_2: "keys.id.example, 192.0.2.7:8443",
    SMTP_URL: "smtps://user:secret@mail.example",
  };
  const permissions = edgePermissions(env, "/data");
  assert.ok(
    permissions.includes(
      "--allow-net=0.0.0.0:8080,127.0.0.1:4400,fra.example:443,db.example:5432,mail.example:465,id.example:443,keys.id.example:443,192.0.2.7:8443",
    ),
  );
  assert.ok(permissions.includes("--allow-write=/data"));
  assert.ok(
    permissions.every((permission) =>
      !["-A", "--allow-all", "--allow-env", "--allow-net", "--allow-run"].includes(permission)
    ),
  );
});

Deno.test("IPv6 addresses are separated from their ports by brackets", () => {
  const netOf = (env: Record<string, string>) =>
    edgePermissions({ PORT: "8080", ...env }, "/data").find((flag) => flag.startsWith("--allow-net="));
  assert.equal(netOf({ HOST: "::" }), "--allow-net=[::]:8080");
  assert.equal(netOf({ HOST: "2001:db8::7" }), "--allow-net=[2001:db8::7]:8080");
  const peers = {
    HOST: "::1",
    MEDIA_NODES: "ws://[::1]:4400,wss://[2001:db8::5]",
    DATABASE_URL: "postgres://u:p@[::1]/db",
    NATS_URL: "nats://[::1]",
    SMTP_URL: "smtp://[::1]:25",
    OIDC_ISSUER: "http://[::1]:9000/x",
    OIDC_HOSTS: "[2001:db8::9]:8443",
  };
  assert.equal(
    netOf(peers),
    "--allow-net=[::1]:8080,[::1]:4400,[2001:db8::5]:443,[::1]:5432,[::1]:4222,[::1]:25,[::1]:9000,[2001:db8::9]:8443",
  );
});
