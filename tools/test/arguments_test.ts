import assert from "node:assert/strict";
import { ROOT } from "../places.ts";
import { ArgumentsError, readFlags, readTestArguments } from "./arguments.ts";
import { chooseSuites } from "./suites.ts";

const FILE = "tests/call_test.ts";

const argumentsOf = async (...words: string[]) =>
  (await chooseSuites(readTestArguments(words), "/tmp")).map(({ args }) => args.slice(args.indexOf("-A")));

Deno.test("a test run with a file and a filter runs the matching tests of that file and no other, in whatever order the arguments are", async () => {
  for (
    const words of [
      [FILE, "--filter", "a name"],
      ["--filter", "a name", FILE],
      [FILE, "--filter=a name"],
      ["--filter=a name", FILE],
    ]
  ) {
    const [args, ...others] = await argumentsOf(...words);
    assert.deepEqual(others, [], words.join(" "));
    assert.deepEqual(args!.slice(-3), ["--filter", "a name", FILE], words.join(" "));
  }
});

Deno.test("a filter applies to the media node's tests too, as plain text and as a pattern", async () => {
  const file = "media/src/address_test.ts";
  const patternOf = async (filter: string) => {
    const [suite] = await chooseSuites({ paths: [file], filter }, "/tmp");
    return suite!.args.find((arg) => arg.startsWith("--test-name-pattern="))?.split("=").slice(1).join("=");
  };
  assert.equal(await patternOf("[M1] a (b)"), String.raw`\[M1\] a \(b\)`);
  assert.equal(await patternOf("/^a|b$/"), "/^a|b$/");
});

Deno.test("a test run without a filter has all tests of the named paths", () => {
  assert.deepEqual(readTestArguments([FILE, "edge"]), { paths: [FILE, "edge"], filter: undefined });
  assert.deepEqual(readTestArguments(["--filter=a=b"]), { paths: [], filter: "a=b" });
});

for (
  const words of [
    [FILE, "--fliter", "x"],
    ["--parallel"],
    ["-f"],
    ["--"],
    ["--filter"],
    ["--filter="],
    [FILE, "--filter=a", "--filter=b"],
    ["--filters=a"],
  ]
) {
  Deno.test(`a test run with \`${words.join(" ")}\` is refused with one line`, () => {
    assert.throws(
      () => readTestArguments(words),
      (error) => error instanceof ArgumentsError && !error.message.includes("\n") && error.message !== "",
    );
  });
}

Deno.test("the run of changed tests has its own flags, and refuses others", () => {
  assert.deepEqual(readFlags(["HEAD~1", "--why"], ["--why", "--list"]), {
    flags: ["--why"],
    others: ["HEAD~1"],
  });
  assert.throws(() => readFlags(["--wyh"], ["--why", "--list"]), ArgumentsError);
});

Deno.test("a process with an unknown flag exits before it begins", async () => {
  const args = ["run", "-A", "tools/run_tests.ts", FILE, "--fliter", "x"];
  const { code, stderr, stdout } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).output();
  const said = new TextDecoder().decode(stderr).trim();
  assert.deepEqual([code, new TextDecoder().decode(stdout)], [2, ""]);
  assert.match(said, /^--fliter is not known: .+$/m);
});
