/**
 * Checks docs/threat-model.md: every test that it names exists, every critical or high threat has one, a risk
 * without a test states who accepts it and why, and each of the twelve kinds leads to existing threats. `deno
 * task threats`; tools/threats_test.ts runs it with the tests.
 */
import { ROOT } from "./places.ts";

const PAGE = `${ROOT}/docs/threat-model.md`;

const SEVERITIES = ["critical", "high", "medium", "low"];

/** Number of kinds that the reviews of November 2026 named. */
const KINDS = 12;

/** A threat as the page describes it. */
interface Threat {
  readonly id: string;
  readonly severity: string;
  readonly tests: readonly { readonly path: string; readonly name: string }[];
  /** Who accepts the remaining risk, and why. */
  readonly accepted: readonly string[];
}

/**
 * The problems of the page, one per line. `readTest` returns the text of a test file; undefined: it does not
 * exist.
 */
export async function checkThreats(
  page: string,
  readTest: (path: string) => Promise<string | undefined>,
): Promise<string[]> {
  const threats = threatsIn(page);
  const wrong: string[] = [];
  for (const [index, { id, severity, tests, accepted }] of threats.entries()) {
    if (id !== `T${index + 1}`) wrong.push(`${id}: the threats are not numbered in order`);
    if (!SEVERITIES.includes(severity)) wrong.push(`${id}: "${severity}" is no severity`);
    const needsTest = severity === "critical" || severity === "high";
    if (tests.length === 0 && needsTest) wrong.push(`${id}: ${severity}, and no test`);
    else if (tests.length === 0 && accepted.length === 0) {
      wrong.push(`${id}: neither a test nor who accepts it`);
    }
    for (const who of accepted) {
      if (!/^by [^:]+: .{20,}/.test(who)) wrong.push(`${id}: does not say who accepts it, and why`);
    }
    for (const { path, name } of tests) {
      const text = await readTest(path);
      if (text === undefined) wrong.push(`${id}: there is no ${path}`);
      else if (!namesIn(text).some((one) => one.includes(name))) {
        wrong.push(`${id}: no test of ${path} is called "${name}"`);
      }
    }
  }
  const known = new Set(threats.map(({ id }) => id));
  const kinds = [
    ...page.split("\n## The twelve kinds")[1]?.matchAll(/^\| (?!Kind|-)([^|]+) \| ([^|]+) \|$/gm) ?? [],
  ];
  if (kinds.length !== KINDS) wrong.push(`${kinds.length} kinds, not ${KINDS}`);
  for (const [, kind, ids = ""] of kinds) {
    for (const id of ids.split(", ")) if (!known.has(id.trim())) wrong.push(`${kind}: there is no ${id}`);
  }
  return wrong;
}

function threatsIn(page: string): Threat[] {
  return page.split(/^### /m).slice(1).map((part) => {
    const [, id = part.slice(0, 20), severity = ""] = /^(T\d+) .* · (\w+)$/m.exec(part) ?? [];
    return {
      id,
      severity,
      tests: [...part.matchAll(/^- Test: `([^`]+)` "(.+)"$/gm)].map(([, path = "", name = ""]) => ({
        path,
        name,
      })),
      accepted: [...part.matchAll(/^- Accepted (.+)$/gm)].map(([, who = ""]) => who),
    };
  });
}

/** All strings in a test's text: names of tests and steps, including those in tables. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\\n]|\\.)+)"|`((?:[^`\\]|\\.)+)`/g)].map(([, plain, template]) =>
    (plain ?? template ?? "").replaceAll(/\\(.)/g, "$1")
  );
}

/** Checks the current page. */
export async function checkThreatModel(): Promise<string[]> {
  return await checkThreats(
    await Deno.readTextFile(PAGE),
    (path) => Deno.readTextFile(`${ROOT}/${path}`).catch(() => undefined),
  );
}

if (import.meta.main) {
  const wrong = await checkThreatModel();
  console.log(wrong.length === 0 ? "threats: all tests are there" : wrong.join("\n"));
  Deno.exit(wrong.length === 0 ? 0 : 1);
}
