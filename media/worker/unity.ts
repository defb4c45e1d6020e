import { PatchError } from "./patches.ts";

/** A source file of the worker, with what limits the sources it can be compiled with. */
interface Source {
  readonly path: string;
  readonly bytes: number;
  /** File-local names; another file that declares one of them goes into another unit. */
  readonly names: ReadonlySet<string>;
  /** It has explicit specializations, which must precede every use. */
  readonly isFirst: boolean;
}

/** A file that includes several sources, so that their common headers are read once. */
export interface Unit {
  /** Without folder: "unity_3.cpp". Not part of any other unit's name. */
  readonly name: string;
  readonly sources: readonly string[];
  /** Share of the whole build's compile time, in bytes of source. */
  readonly weight: number;
}

/** The lists of sources in mediasoup's build files, and the number of units for each. */
const LISTS = [
  { build: "meson.build", list: /common_sources = \[([^\]]*)\]/, units: 8, prefix: "unity_" },
  { build: "meson.build", list: /common_sources \+= \[([^\]]*)\]/, units: 1, prefix: "unity_bwe_" },
  {
    build: "deps/libwebrtc/meson.build",
    list: /libwebrtc_sources = \[([^\]]*)\]/,
    units: 2,
    prefix: "unity_webrtc_",
  },
] as const;

/** Weight of a source besides its bytes: the headers that only it includes. */
const SOURCE_BYTES = 3_000;

/**
 * Replaces the sources in mediasoup's build files below `worker` by a few units that include them, and
 * returns those units. Throws `PatchError` if the build files are not as expected.
 */
export async function uniteSources(worker: string): Promise<Unit[]> {
  const units: Unit[] = [];
  for (const { build, list, units: count, prefix } of LISTS) {
    const text = await Deno.readTextFile(`${worker}/${build}`);
    const listed = list.exec(text)?.[1];
    const paths = [...listed?.matchAll(/'([^']+)'/g) ?? []].map(([, path]) => path ?? "");
    if (!listed || !paths.length) {
      throw new PatchError(`${build}: expected a list of sources: ${list.source}`);
    }
    const folder = `${worker}/${build.slice(0, build.lastIndexOf("/") + 1)}`;
    const sources = await Promise.all(paths.map((path) => readSource(folder, path)));
    const extension = paths[0]?.split(".").at(-1);
    const groups = groupSources(sources, count);
    for (const [index, group] of groups.entries()) {
      const name = `${prefix}${index + 1}.${extension}`;
      await Deno.writeTextFile(`${folder}${name}`, group.map(({ path }) => inclusion(path)).join(""));
      units.push({ name, sources: group.map(({ path }) => path), weight: weightOf(group) });
    }
    const names = groups.map((_, index) => `\n  '${prefix}${index + 1}.${extension}',`).join("");
    await Deno.writeTextFile(`${worker}/${build}`, text.replace(listed, `${names}\n`));
  }
  return units;
}

/**
 * Distributes sources, in order, over about `count` groups of similar weight, none with two that declare the
 * same name.
 */
function groupSources(sources: readonly Source[], count: number): Source[][] {
  const limit = weightOf(sources) / count;
  const groups: Source[][] = [[]];
  for (const source of sources) {
    const goesTo = (group: Source[]) =>
      weightOf(group) < limit && group.every(({ names }) => names.isDisjointFrom(source.names));
    const group = groups.findLast(goesTo);
    if (group) group.push(source);
    else groups.push([source]);
  }
  return groups.map((group) => group.toSorted((one, other) => Number(other.isFirst) - Number(one.isFirst)));
}

function weightOf(sources: readonly Source[]): number {
  return sources.reduce((sum, { bytes }) => sum + bytes + SOURCE_BYTES, 0);
}

async function readSource(folder: string, path: string): Promise<Source> {
  const text = await Deno.readTextFile(folder + path);
  return { path, bytes: text.length, names: ownNames(text), isFirst: /^\s*template<>/m.test(text) };
}

/** mediasoup's sources define MS_CLASS with their name for the log. */
function inclusion(path: string): string {
  return `#include "${path}"\n#undef MS_CLASS\n`;
}

/**
 * Names that a file declares outside of functions and classes and that are local to it: `static` and
 * `constexpr` within the one or two namespaces of mediasoup's files, `const` outside of any, and constants as
 * libwebrtc names them. Some local names are included, which is harmless.
 */
export function ownNames(text: string): Set<string> {
  const declarations = [
    /^(?:\t{0,2}(?:(?:alignas\(\d+\)|inline) )*(?:static|constexpr)|const)\b[^;({=[\n]*?\b(?<!::)(\w+)\s*[({=;[]/gm,
    /^.*\b(k[A-Z]\w*)(?:\[\w*\])? = /gm,
  ];
  return new Set(
    declarations.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name ?? "")),
  );
}
