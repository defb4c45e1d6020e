/** What became of some tests. */
export interface Count {
  passed: number;
  failed: number;
}

/** Counts the tests of a JUnit report as `deno test` and `node --test` write it; skipped ones count as neither. */
export function countTests(xml: string): Count {
  const cases = [...xml.matchAll(/<testcase\b[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map((match) =>
    match[1] ?? ""
  );
  const failed = cases.filter((body) => /<(failure|error)\b/.test(body)).length;
  const skipped = cases.filter((body) => /<skipped\b/.test(body)).length;
  return { passed: cases.length - failed - skipped, failed };
}
