import assert from "node:assert/strict";
import { failureOf, installPackages, installWanted } from "./apt.ts";
import { SetupError } from "./step.ts";

const never = new AbortController().signal;

/**
 * Puts shell scripts in place of apt-get, dpkg and apt-cache. They find their folder in $STAND_IN, and their
 * arguments are recorded, one call per line. Returns the recorded calls.
 */
async function withStandIns(
  scripts: { aptGet: string; dpkg?: string; aptCache?: string },
  test: (folder: string) => Promise<void>,
): Promise<{ told: string[]; asked: string[] }> {
  const folder = await Deno.makeTempDir();
  const path = Deno.env.get("PATH") ?? "";
  const told: string[] = [];
  const script = (name: string, text: string) =>
    Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\necho ${name} "$*" >>"$STAND_IN/asked"\n${text}\n`, {
      mode: 0o755,
    });
  await script("apt-get", scripts.aptGet);
  await script("dpkg", scripts.dpkg ?? "");
  await script("apt-cache", scripts.aptCache ?? "");
  Deno.env.set("PATH", `${folder}:${path}`);
  Deno.env.set("STAND_IN", folder);
  try {
    await test(folder);
    const asked = await Deno.readTextFile(`${folder}/asked`).catch(() => "");
    return { told, asked: asked.split("\n").filter((line) => line) };
  } finally {
    Deno.env.set("PATH", path);
    Deno.env.delete("STAND_IN");
    await Deno.remove(folder, { recursive: true });
  }
}

/** Handles its status descriptor as apt does: package scripts do not inherit it. */
const APT = `
for word; do case $word in -oAPT::Status-Fd=*) fd=\${word##*=};; --download-only) exit 0;; esac; done
eval "echo pmstatus:nats-server:50:Installing >&$fd"
echo "Setting up nats-server (2.9.10-1+b3) ..."
if eval "sh -c 'echo Adding user nats && echo Warning >&2 && exit \${POSTINST:-0}' $fd>&-"; then exit 0; fi
echo "dpkg: error processing package nats-server (--configure):" >&2
echo " installed nats-server package post-installation script subprocess returned error exit status 82" >&2
echo "Setting up meson (1.0.1) ..."
eval "echo pmerror:nats-server:50:error >&$fd"
echo "E: Sub-process /usr/bin/dpkg returned an error code (1)" >&2
exit 100`;

Deno.test("package scripts have a writable standard output, beside apt's status", async () => {
  const told: string[] = [];
  await withStandIns({ aptGet: APT }, async () => {
    await installPackages(["nats-server"], (text) => told.push(text), never);
  });
  assert.deepEqual(told, ["downloading nats-server", "installing 50 %"]);
});

Deno.test("a failing package is listed with all its own output, from both streams, in order", async () => {
  await withStandIns({ aptGet: APT.replace("${POSTINST:-0}", "82") }, async () => {
    await assert.rejects(installPackages(["meson", "nats-server"], () => {}, never), (error: Error) => {
      assert.ok(error instanceof SetupError);
      assert.equal(
        error.message,
        "apt-get install meson nats-server failed:\n" +
          "Setting up nats-server (2.9.10-1+b3) ...\nAdding user nats\nWarning\n" +
          "dpkg: error processing package nats-server (--configure):\n" +
          " installed nats-server package post-installation script subprocess returned error exit status 82",
      );
      return true;
    });
  });
});

Deno.test("the output of a package that failed early is kept, however much the others print after it", async () => {
  const others = `i=0; while [ $i -lt 900 ]; do echo "Setting up package-$i (1.0) ..."
    eval "echo pmstatus:package-$i:50:Configuring package-$i with a long line of status >&$fd"; i=$((i + 1)); done`;
  const aptGet = APT.replace("${POSTINST:-0}", "82").replace('echo "Setting up meson (1.0.1) ..."', others);
  await withStandIns({ aptGet }, async () => {
    await assert.rejects(
      installPackages(["nats-server"], () => {}, never),
      /Adding user nats\nWarning\ndpkg:/,
    );
  });
});

Deno.test("dpkg configures nothing when nothing is unfinished", async () => {
  const { asked } = await withStandIns({ aptGet: "exit 0" }, () => installPackages(["a"], () => {}, never));
  assert.deepEqual(asked.filter((line) => line.startsWith("dpkg")), ["dpkg --audit"]);
});

/** A dpkg with one unfinished package; \`configured\` is what "--configure" does. */
const unfinished = (configure: string) => `
case $* in
  --audit) echo " nats-server  server for NATS.io";;
  *--configure*) ${configure};;
esac`;

Deno.test("what an earlier run left half configured is configured first", async () => {
  const { asked } = await withStandIns(
    { aptGet: "exit 0", dpkg: unfinished(":") },
    () => installPackages(["a"], () => {}, never),
  );
  assert.match(asked[1] ?? "", /^dpkg .*--configure -a$/);
  assert.ok(asked.slice(2).every((line) => line.startsWith("apt-get install")), asked.join("\n"));
});

Deno.test("a package unpacked before its dependency gets the dependency from apt", async () => {
  const dpkg = unfinished("echo 'dpkg: dependency problems prevent configuration' >&2; exit 1");
  const { asked } = await withStandIns(
    { aptGet: "exit 0", dpkg },
    () => installPackages(["a"], () => {}, never),
  );
  const installed = asked.filter((line) => line.startsWith("apt-get") && !line.includes("--download-only"));
  assert.deepEqual(installed.map((line) => line.split(" ").at(-1)), ["--fix-broken", "a"]);
});

Deno.test("another program that installs packages is waited for", async () => {
  const dpkg = unfinished(
    `[ -e "$STAND_IN/free" ] || { : >"$STAND_IN/free"
    echo 'dpkg: error: dpkg frontend lock was locked by another process with pid 7' >&2; exit 2; }`,
  );
  const { asked } = await withStandIns(
    { aptGet: "exit 0", dpkg },
    () => installPackages(["a"], () => {}, never),
  );
  assert.equal(asked.filter((line) => line.includes("--configure")).length, 2);
  assert.equal(asked.filter((line) => line.includes("--fix-broken")).length, 0);
});

Deno.test("waiting for another program ends when the set-up is aborted", async () => {
  const stop = new AbortController();
  const dpkg = unfinished("echo 'dpkg: error: dpkg frontend lock was locked by another process' >&2; exit 2");
  await withStandIns({ aptGet: "exit 0", dpkg }, async () => {
    const tell = (text: string) => text.startsWith("waiting") && stop.abort(new Error("given up"));
    await assert.rejects(installPackages(["a"], tell, stop.signal), /given up/);
  });
});

Deno.test("lists that cannot be fetched are given as the reason, beside the package that is therefore not found", async () => {
  const aptGet = `
case $* in
  update*) echo "E: Failed to fetch http://mirror/InRelease  Could not connect to mirror:80" >&2; exit 100;;
esac
echo "E: Unable to locate package meson" >&2; exit 100`;
  await withStandIns({ aptGet }, async () => {
    await assert.rejects(
      installPackages(["meson"], () => {}, never),
      /Could not connect to mirror:80\nE: Unable to locate package meson$/,
    );
  });
});

Deno.test("wanted packages are installed if apt offers them, without removing others; a failure is no error", async () => {
  const aptCache = "case $* in *unheard*) exit 100;; esac";
  const install = () => installWanted(["unheard-of", "chromium-headless-shell"], () => {}, never);
  const { asked } = await withStandIns({ aptGet: "exit 0", aptCache }, install);
  const installs = asked.filter((line) => line.startsWith("apt-get install"));
  assert.equal(installs.length, 2, asked.join("\n"));
  for (const line of installs) assert.match(line, / --no-remove chromium-headless-shell$/);
  await withStandIns({ aptGet: "exit 100", aptCache }, install);
  const nothing = await withStandIns({ aptGet: "exit 100", aptCache: "exit 100" }, install);
  assert.deepEqual(nothing.asked.filter((line) => line.startsWith("apt-get")), []);
});

Deno.test("a question about a package's file is answered by keeping the file", async () => {
  const { asked } = await withStandIns(
    { aptGet: "exit 0", dpkg: unfinished(":") },
    () => installPackages(["a"], () => {}, never),
  );
  for (const line of asked.filter((line) => /install|--configure/.test(line))) {
    assert.match(line, /--force-confdef.*--force-confold/);
  }
});

/** The output of apt 2.6 and dpkg 1.21 for a package whose script fails, on both streams. */
const RECORDED = `Reading package lists...
Building dependency tree...
Get:1 /tmp/talkative.deb talkative all 1.0 [748 B]
debconf: delaying package configuration, since apt-utils is not installed
Selecting previously unselected package talkative.
(Reading database ... 6585 files and directories currently installed.)
Preparing to unpack /tmp/talkative.deb ...
Unpacking talkative (1.0) ...
Setting up talkative (1.0) ...
Adding user talkative
talkative: no space left
dpkg: error processing package talkative (--configure):
 installed talkative package post-installation script subprocess returned error exit status 82
Errors were encountered while processing:
 talkative
E: Sub-process /usr/bin/dpkg returned an error code (1)
`;

const TALKATIVE = `Setting up talkative (1.0) ...
Adding user talkative
talkative: no space left
dpkg: error processing package talkative (--configure):
 installed talkative package post-installation script subprocess returned error exit status 82`;

Deno.test("of apt's and dpkg's output, the failing packages' own lines are shown; without any, apt's errors; otherwise the end", () => {
  assert.equal(failureOf(RECORDED), TALKATIVE);
  const dpkgAlone = RECORDED.slice(RECORDED.indexOf("Setting up"), RECORDED.indexOf("E: Sub"));
  assert.equal(failureOf(dpkgAlone), TALKATIVE);
  assert.equal(
    failureOf(RECORDED.replaceAll("talkative (1.0)", "other (1.0)") + RECORDED),
    `${TALKATIVE.replace("talkative (1.0)", "other (1.0)")}\n${TALKATIVE}`,
  );
  const unknown =
    "Reading package lists...\nBuilding dependency tree...\nE: Unable to locate package nosuchpackage\n";
  assert.equal(failureOf(unknown), "E: Unable to locate package nosuchpackage");
  assert.equal(failureOf("one\nkilled\n"), "one\nkilled");
});
