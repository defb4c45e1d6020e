/** The results of some tests. */
export interface Count {
  passed: number;
  failed: number;
}

/** One test of a report. */
export interface TestResult {
  /** The file that it was run from, as the report names it. */
  readonly file: string;
  readonly name: string;
  readonly seconds: number;
  readonly outcome: "passed" | "failed" | "skipped";
  /** Why it failed, in the words of the report. */
  readonly reason?: string;
}

/** Parses the tests of a JUnit report as `deno test` and `node --test` write it. */
export function readTests(xml: string): TestResult[] {
  const tests: TestResult[] = [];
  let suite = "";
  const parts = xml.matchAll(/<testsuite\b([^>]*)>|<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g);
  for (const [, suiteHead, head = "", body = ""] of parts) {
    if (suiteHead !== undefined) {
      suite = attribute(suiteHead, "name");
      continue;
    }
    const failure = /<(failure|error)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/\1>)/.exec(body);
    tests.push({
      // Node names the file of each test, Deno that of each suite.
      file: attribute(head, "file") || suite,
      name: attribute(head, "name"),
      seconds: Number(attribute(head, "time")) || 0,
      outcome: failure ? "failed" : /<skipped\b/.test(body) ? "skipped" : "passed",
      ...failure && { reason: unescape(failure[3] ?? "") || attribute(failure[2]!, "message") },
    });
  }
  return tests;
}

/** Counts tests; skipped ones count as neither. */
export function countTests(tests: readonly TestResult[]): Count {
  const count = (wanted: TestResult["outcome"]) => tests.filter(({ outcome }) => outcome === wanted).length;
  return { passed: count("passed"), failed: count("failed") };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function attribute(head: string, name: string): string {
  return unescape(new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(head)?.[1] ?? "");
}

function unescape(text: string): string {
  return text.replaceAll(/&(\w+);/g, (whole, entity: string) => ENTITIES[entity] ?? whole);
}
