/**
 * The tables of docs/running.md, docs/protocol.md and docs/privacy.md, generated from the code. `deno run -A
 * tools/print_config.ts` prints them all, `--write` puts them into the pages, each between `<!-- table: name
 * -->` and `<!-- end -->`. tests/docs_test.ts compares them.
 */
import { VARIABLES as EDGE_VARIABLES } from "../edge/config.ts";
import { RETENTION } from "../edge/jobs/retention.ts";
import { PROVIDER_VARIABLES } from "../edge/identity/oidc/provider_config.ts";
import { addGauges, makeMetrics, type Metrics } from "../edge/metrics.ts";
import { ResourceCounts } from "../media/src/resource_counts.ts";
import { VARIABLES as MEDIA_VARIABLES } from "../media/src/config.ts";
import { makeMetrics as makeMediaMetrics } from "../media/src/metrics.ts";
import {
  type Audience,
  DEFAULT_SETTINGS,
  may,
  type Right,
  RIGHT_NAMES,
  type RightRule,
  RIGHTS,
  type Role,
  ROLES,
  TOKEN_KINDS,
} from "@tafelrunde/protocol";
import { ROOT } from "./places.ts";
import { SHARES } from "./shares.ts";

/** The pages with tables. */
const PAGES = {
  running: `${ROOT}/docs/running.md`,
  protocol: `${ROOT}/docs/protocol.md`,
  privacy: `${ROOT}/docs/privacy.md`,
};

/** One variable, as both configurations describe it. */
interface Variable {
  readonly default: string;
  readonly doc: string;
}

/** Every table by its name in the page, as Markdown without a trailing line break. */
export function configTables(): Readonly<Record<string, string>> {
  return {
    edge: variableTable(EDGE_VARIABLES),
    providers: variableTable(PROVIDER_VARIABLES),
    media: variableTable(MEDIA_VARIABLES),
    shares: shareTable(),
    metrics: metricTable(edgeRegistry()),
    mediaMetrics: metricTable(
      makeMediaMetrics({
        load: () => undefined,
        resourceCounts: new ResourceCounts(),
        unseen: () => 0,
        refused: () => new Map(),
        faults: new Map(),
      }),
    ),
  };
}

/** The tables of docs/protocol.md. */
export function protocolTables(): Readonly<Record<string, string>> {
  return { rights: rightTable() };
}

/** The tables of docs/privacy.md. */
export function privacyTables(): Readonly<Record<string, string>> {
  return {
    retention: table(
      ["What", "Where", "How long", "How it is erased"],
      RETENTION.map(({ what, where, howLong, how, job }) => [
        what,
        where.map((name) => `\`${name}\``).join(", "),
        howLong,
        job === undefined ? how : `${how} (\`${job.name}\`)`,
      ]),
    ),
  };
}

/**
 * Replaces each table in `page` by the one from `tables`. Throws if a table has no place in the page, or a
 * place has no table.
 */
export function withTables(page: string, tables: Readonly<Record<string, string>>): string {
  const placed = new Set<string>();
  const filled = page.replace(
    /(<!-- table: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_all, begin: string, name: string, end: string) => {
      const table = tables[name];
      if (table === undefined) throw new Error(`there is no table "${name}"`);
      placed.add(name);
      return `${begin}\n${table}\n\n${end}`;
    },
  );
  const missing = Object.keys(tables).filter((name) => !placed.has(name));
  if (missing.length > 0) throw new Error(`the page has no place for: ${missing.join(", ")}`);
  return filled;
}

function variableTable(variables: Readonly<Record<string, Variable>>): string {
  return table(
    ["Variable", "Default", "Meaning"],
    Object.entries(variables).map(([name, { default: value, doc }]) => [
      `\`${name}\``,
      value === "" ? "" : `\`${value}\``,
      doc,
    ]),
  );
}

function shareTable(): string {
  return table(
    ["What", "Share", "per", "More is", "Limit"],
    SHARES.map((
      { what, share, per, refused, limit },
    ) => [what, share, per, refused, limit ? `\`${limit}\`` : ""]),
  );
}

/**
 * The roles that have each right: "yes", "–", or the narrowest audience setting ("everyone" etc.) with which
 * they have it.
 */
function rightTable(): string {
  const cell = (right: Right, role: Role): string => {
    const rule: RightRule = RIGHTS[right];
    const allows = (audience: Audience) =>
      may(right, { role }, { ...DEFAULT_SETTINGS, ..."setting" in rule && { [rule.setting]: audience } });
    if (allows("moderators")) return "yes";
    return (["presenters", "members", "everyone"] as const).find(allows) ?? "–";
  };
  return table(
    ["Right", ...ROLES, ...TOKEN_KINDS],
    RIGHT_NAMES.map((right) => [
      `\`${right}\``,
      ...ROLES.map((role) => cell(right, role)),
      ...TOKEN_KINDS.map((kind) => RIGHTS[right].kinds?.includes(kind) ? "yes" : "–"),
    ]),
  );
}

function edgeRegistry(): Metrics["registry"] {
  const metrics = makeMetrics();
  addGauges(metrics, { sockets: () => 0, roomSizes: () => [] });
  return metrics.registry;
}

function metricTable(registry: Metrics["registry"]): string {
  return table(
    ["Metric", "Type", "Labels", "Meaning"],
    registry.getMetricsAsArray().map((metric) => {
      // prom-client keeps the labels on the object, but not in its typings.
      const { name, help, constructor, labelNames = [] } = metric as typeof metric & {
        labelNames?: readonly string[];
      };
      const labels = labelNames.map((label) => `\`${label}\``).join(", ");
      return [`\`${name}\``, constructor.name.toLowerCase(), labels, help];
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

if (import.meta.main) {
  const pages = [
    [PAGES.running, configTables()],
    [PAGES.protocol, protocolTables()],
    [PAGES.privacy, privacyTables()],
  ] as const;
  for (const [page, tables] of pages) {
    if (Deno.args.includes("--write")) {
      await Deno.writeTextFile(page, withTables(await Deno.readTextFile(page), tables));
    } else for (const [name, text] of Object.entries(tables)) console.log(`${name}\n\n${text}\n`);
  }
}
