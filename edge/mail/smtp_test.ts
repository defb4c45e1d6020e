import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { SilentProxy } from "../../tools/silent_proxy.ts";
import { NotDelivered } from "../outbox/kind.ts";
import { makeSmtpPost, type SmtpSettings } from "./smtp.ts";

const READER = "karla.secret@reader.example";

const FROM = "Tafelrunde <meet@example.org>";

/**
 * Timeout for a silent server, ms: longer than a slow machine takes to connect to itself. Other tests use the
 * default.
 */
const SILENT = { connectMs: 3_000 };

/** A server with `options` on an address of this machine. */
async function startServer(options: SMTPServerOptions, host = "127.0.0.1") {
  const server = new SMTPServer({ logger: false, closeTimeout: 100, ...options });
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

/** Sends one mail; returns why it was refused, or "taken". */
async function send(url: string, settings: Partial<SmtpSettings> = {}): Promise<string> {
  await using post = makeSmtpPost({
    url,
    from: FROM,
    publicUrl: "https://meet.example.org",
    ...settings,
  });
  try {
    await post.send(
      "id-1",
      {
        kind: "account.invited",
        to: { name: "Karla", address: READER },
        subject: "Hello",
        text: "Hello",
        html: "<p>Hello</p>",
      } as Parameters<typeof post.send>[1],
      new AbortController().signal,
    );
    return "taken";
  } catch (error) {
    assert.ok(error instanceof NotDelivered, String(error));
    assert.doesNotMatch(error.reason, /karla|reader\.example|hunter2/i, "nobody's address or password");
    return error.reason;
  }
}

/**
 * A certificate for the name `localhost` and the authority that signed it, which is trusted only explicitly.
 * With `isExpired` it was valid for a day of 2020. PEM.
 */
async function makeCertificate({ isExpired = false } = {}) {
  const folder = await Deno.makeTempDir({ prefix: "tafelrunde-mail-" });
  const at = (name: string) => `${folder}/${name}`;
  const openssl = async (command: string, ...more: string[]) => {
    const { success, stderr } = await new Deno.Command("openssl", { args: [...command.split(" "), ...more] })
      .output();
    assert.ok(success, new TextDecoder().decode(stderr));
  };
  const newKey = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
  await openssl(`req -x509 ${newKey} -days 2 -subj /CN=Authority -keyout ${at("ca.key")} -out ${at("ca")}`);
  await openssl(
    `req ${newKey} -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout ${at("key")} -out ${
      at("request")
    }`,
  );
  await Deno.writeTextFile(at("index"), "");
  await Deno.writeTextFile(
    at("config"),
    `[ca]\ndefault_ca=ours\n[ours]\ndatabase=${at("index")}\nserial=${
      at("serial")
    }\nnew_certs_dir=${folder}\n` +
      "default_md=sha256\npolicy=any\ncopy_extensions=copy\n[any]\ncommonName=supplied\n",
  );
  const term = isExpired ? "-startdate 20200101000000Z -enddate 20200102000000Z" : "-days 1";
  await openssl(
    `ca -batch -notext -rand_serial -config ${at("config")} -cert ${at("ca")} -keyfile ${at("ca.key")} ` +
      `-in ${at("request")} -out ${at("cert")} ${term}`,
  );
  const [cert, key, ca] = await Promise.all(["cert", "key", "ca"].map((name) => Deno.readTextFile(at(name))));
  await Deno.remove(folder, { recursive: true });
  return { server: { cert: cert!, key: key! }, trust: `tls.ca=${encodeURIComponent(ca!)}` };
}

Deno.test("[B9] the reason why a mail was not sent is in words, not a library's class", async (t) => {
  const [good, expired] = await Promise.all([makeCertificate(), makeCertificate({ isExpired: true })]);

  await t.step("nobody listens there", async () => {
    const gone = await startServer({});
    await gone[Symbol.asyncDispose]();
    assert.match(await send(`smtp://127.0.0.1:${gone.port}`), /ECONNREFUSED/);
  });
  await t.step("no such host", async () => {
    assert.match(await send("smtp://mail.nowhere.invalid:25"), /ENOTFOUND|EAI_AGAIN|lookup/);
  });
  await t.step("silent before it greets", async () => {
    await using server = await startServer({});
    await using proxy = new SilentProxy(`smtp://127.0.0.1:${server.port}`);
    proxy.hush("all");
    assert.match(await send(`smtp://127.0.0.1:${proxy.port}`, SILENT), /ETIMEDOUT.*Greeting never received/);
  });
  await t.step("silent in the TLS handshake", async () => {
    await using server = await startServer({});
    await using proxy = new SilentProxy(`smtp://127.0.0.1:${server.port}`);
    proxy.hush("all");
    const said = await send(`smtps://127.0.0.1:${proxy.port}`, SILENT);
    assert.match(said, /ETLS|ETIMEDOUT.*(timed out|never received)/);
  });
  await t.step(
    "a certificate of an authority that nobody knows, with TLS from the start and with STARTTLS",
    async () => {
      await using tls = await startServer({ secure: true, ...good.server });
      assert.match(await send(`smtps://localhost:${tls.port}`), /certificate|issuer/i);
      await using starttls = await startServer({ ...good.server, authOptional: true });
      assert.match(await send(`smtp://localhost:${starttls.port}`), /UnknownIssuer/);
    },
  );
  await t.step("a certificate that has expired", async () => {
    await using server = await startServer({ secure: true, ...expired.server });
    const url = `smtps://localhost:${server.port}?${expired.trust}`;
    assert.match(await send(url), /certificate expired/);
    await using starttls = await startServer({ ...expired.server, authOptional: true });
    assert.match(await send(`smtp://localhost:${starttls.port}?${expired.trust}`), /certificate expired/);
  });
  await t.step("a certificate for another name", async () => {
    await using server = await startServer({ secure: true, ...good.server });
    const url = `smtps://127.0.0.1:${server.port}?${good.trust}`;
    assert.match(await send(url), /not valid for name|does not match|altnames|NotValidForName/i);
  });
  await t.step("not TLS at all", async () => {
    await using server = await startServer({ authOptional: true, disabledCommands: ["STARTTLS"] });
    assert.match(
      await send(`smtps://localhost:${server.port}`),
      /TLS|wrong version|corrupt|InvalidContentType/i,
    );
  });
  await t.step("a password where TLS is not offered", async () => {
    await using server = await startServer({ disabledCommands: ["STARTTLS"], authOptional: true });
    assert.match(await send(`smtp://meet:hunter2@localhost:${server.port}`), /STARTTLS|TLS/);
  });
  await t.step("a user or password that the server does not take", async () => {
    const onAuth: SMTPServerOptions["onAuth"] = (_auth, _session, done) =>
      done(Object.assign(new Error(`5.7.8 no such user ${READER}`), { responseCode: 535 }));
    await using server = await startServer({ secure: true, ...good.server, onAuth });
    const url = `smtps://meet:hunter2@localhost:${server.port}?${good.trust}`;
    assert.match(await send(url), /^535 .*EAUTH AUTH PLAIN \(the server does not take user and password\)/);
  });
  await t.step("refused by its own answer: the codes alone, since its words quote addresses", async () => {
    const onRcptTo: SMTPServerOptions["onRcptTo"] = (_to, _session, done) =>
      done(Object.assign(new Error(`5.1.1 <${READER}> is not here`), { responseCode: 550 }));
    await using server = await startServer({ authOptional: true, disabledCommands: ["STARTTLS"], onRcptTo });
    assert.match(await send(`smtp://127.0.0.1:${server.port}`), /^550 (5\.1\.1 )?EENVELOPE RCPT TO$/);
  });
});

Deno.test("[B10] EHLO has the host of PUBLIC_URL", async () => {
  const greeted: string[] = [];
  await using server = await startServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onMailFrom(_from, { hostNameAppearsAs }, done) {
      // The library converts it to lower case.
      greeted.push(String(hostNameAppearsAs).replace("[ipv6:", "[IPv6:"));
      done();
    },
  });
  const publicUrls = {
    "https://meet.example.org": "meet.example.org",
    "https://meet.example.org:8443/": "meet.example.org",
    "https://rätsel.example": "xn--rtsel-gra.example",
    "http://localhost:8080": "localhost",
    "https://203.0.113.7": "[203.0.113.7]",
    "https://[2001:db8::7]:8443": "[IPv6:2001:db8::7]",
  };
  for (const publicUrl of Object.keys(publicUrls)) {
    await send(`smtp://127.0.0.1:${server.port}`, { publicUrl });
  }
  assert.deepEqual(greeted, Object.values(publicUrls));
});

Deno.test("[B10] mails can be sent to a server at an IPv6 address, with and without TLS", async () => {
  const options = { authOptional: true };
  await using plain = await startServer({ ...options, disabledCommands: ["STARTTLS"] }, "::1");
  assert.equal(await send(`smtp://[::1]:${plain.port}`), "taken");
  const certificate = await makeCertificate();
  await using tls = await startServer({ ...options, secure: true, ...certificate.server }, "::1");
  const checked = await send(`smtps://[::1]:${tls.port}?${certificate.trust}`);
  assert.match(checked, /not valid for name|does not match|altnames|NotValidForName/i, "its name is checked");
});

Deno.test("[B11] an idle connection that has gone silent is not used for another mail", async () => {
  await using server = await startServer({ authOptional: true, disabledCommands: ["STARTTLS"] });
  await using proxy = new SilentProxy(`smtp://127.0.0.1:${server.port}`);
  await using post = makeSmtpPost({
    url: `smtp://127.0.0.1:${proxy.port}`,
    from: FROM,
    publicUrl: "https://meet.example.org",
    idleMs: 0,
  });
  const sendOne = () =>
    post.send(
      "id",
      {
        kind: "account.invited",
        to: { name: "Karla", address: READER },
        subject: "Hello",
        text: "Hello",
        html: "<p>Hello</p>",
      } as Parameters<typeof post.send>[1],
      new AbortController().signal,
    );
  await sendOne();
  proxy.hush("open");
  while (proxy.open > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await sendOne();
  assert.equal(proxy.accepted, 2);
});
