import assert from "node:assert/strict";
import { edgePermissions } from "./edge_permissions.ts";

Deno.test("the edge may reach what its configuration names, and nothing else", () => {
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
