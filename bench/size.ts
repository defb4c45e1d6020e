/**
 * `deno task bench:size [--record]`: what a browser loads for each page, gzip level 9, 1 KB = 1000 bytes. The
 * last line of standard output is one JSON object; `--record` writes results/size.json. Exit code 1 if a
 * limit is exceeded, or if the build has a chunk that is not assigned here.
 */
import { gzipSync } from "node:zlib";
import { dependencies } from "../tools/setup/dependencies.ts";
import { setup } from "../tools/setup/setup.ts";
import { SetupError } from "../tools/setup/step.ts";
import { WEB_DIR, webApp } from "../tools/setup/web_app.ts";
import { listenForStop, StopRequested } from "../tools/stop_request.ts";
import { record } from "./record.ts";

/**
 * Most JavaScript, KB: until the lobby is ready, without mediasoup-client; until the meeting is ready, with
 * it; for the heaviest of the other pages; and for the browser check before each.
 */
const LIMITS = { lobbyJsKb: 30, meetingJsKb: 130, dashboardJsKb: 75, checkJsKb: 1.3 };

/** The browser check: not a chunk, and therefore not in a manifest. */
const CHECK = /^assets\/check-\w+\.js$/;

/**
 * When each on-demand chunk is loaded, by its source in web/. A pattern can stand for one chunk per language.
 */
const LOADED = {
  home: [/^src\/home\/Home\.tsx$/, /^src\/i18n\/[a-z]{2}_home\.ts$/, /^src\/i18n\/[a-z]{2}_link\.ts$/],
  /** With each page: its words. */
  always: [/^src\/i18n\/[a-z]{2}\.ts$/],
  /** After the lobby, for it and for the meeting. */
  behind: [/^src\/behind_lobby\.ts$/],
  /** After the lobby, for the meeting. */
  meeting: [
    /^src\/room\/MeetingShell\.tsx$/,
    /^src\/feature_slots\.ts$/,
    /^src\/i18n\/[a-z]{2}_room\.ts$/,
    /^src\/features\/\w+\/[a-z]{2}\.ts$/,
  ],
  /** After the lobby, and with the panels. */
  choices: [/^src\/lobby\/choices\.ts$/],
  /** A second after the lobby or the meeting is ready, or once it is over. */
  end: [/^src\/room\/End\.tsx$/],
  /** After each page: the signed-in user, and the provider's legal links. */
  me: [/^src\/me\/Me\.tsx$/, /^src\/me\/Legal\.tsx$/, /^src\/i18n\/[a-z]{2}_me\.ts$/],
  /** Shared by all pages of the dashboard. */
  dashboard: [/^src\/dashboard\/Dashboard\.tsx$/, /^src\/i18n\/[a-z]{2}_dashboard\.ts$/],
  /** The dashboard's own pages, one at a time. */
  dashboardPage: [/^src\/(signin|meetings|account|admin)\/(?!NewSettings)[A-Z]\w+\.tsx$/],
  /** After the lobby, if nodes have not been measured within the hour. */
  probe: [/^src\/call\/probe\.ts$/],
  /** With the dashboard page of that name: its words. */
  account: [/^src\/i18n\/[a-z]{2}_account\.ts$/],
  admin: [/^src\/i18n\/[a-z]{2}_admin\.ts$/],
  /** A second after the meeting is ready, or once a panel is opened. */
  panels: [/^src\/room\/panels\.ts$/, /^src\/features\/\w+\/[A-Z]\w+\.tsx$/],
  /** Once a participant has to wait. */
  waiting: [/^src\/lobby\/WaitingCard\.tsx$/],
  /** Once the part of a new meeting's form with the settings is opened. */
  newSettings: [/^src\/meetings\/NewSettings\.tsx$/],
  /** When a moderator opens them; with the dashboard's words. */
  settings: [/^src\/room\/RoomSettingsDialog\.tsx$/, /^src\/FeatureSettings\.tsx$/],
  /** Once a passkey is used. */
  passkey: [/@simplewebauthn\/browser/],
  /** Once a browser has translated the page. */
  translated: [/^src\/ui\/translated_patch\.ts$/],
  /** mediasoup-client and what uses it. */
  media: [/^src\/call\/media\.ts$/],
} as const satisfies Record<string, readonly RegExp[]>;

/** One chunk in Vite's manifest. */
interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}

/** Vite's manifest: chunks by their source, or "_" and their file. */
type Manifest = Readonly<Record<string, Chunk>>;

function chunkOf(manifest: Manifest, key: string): Chunk {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`the manifest has no ${key}`);
  return chunk;
}

/** `key` and all its direct and indirect imports. */
function closure(manifest: Manifest, key: string, found: Set<string> = new Set()): Set<string> {
  if (found.has(key)) return found;
  found.add(key);
  for (const imported of chunkOf(manifest, key).imports ?? []) closure(manifest, imported, found);
  return found;
}

const sizes = new Map<string, number>();

/** Bytes of a built file after gzip. */
function gzipBytes(file: string): number {
  const bytes = sizes.get(file) ?? gzipSync(Deno.readFileSync(`${WEB_DIR}/${file}`), { level: 9 }).length;
  sizes.set(file, bytes);
  return bytes;
}

const sum = (files: Iterable<string>) => [...files].reduce((bytes, file) => bytes + gzipBytes(file), 0);

/**
 * The chunks of one occasion: all that are loaded then, with only the largest of those that exist per
 * language.
 */
function chunksFor(manifest: Manifest, patterns: readonly RegExp[]): string[] {
  return patterns.map((pattern) => {
    const matching = Object.keys(manifest).filter((key) => pattern.test(key));
    const largest = matching.sort((a, b) =>
      gzipBytes(chunkOf(manifest, b).file) - gzipBytes(chunkOf(manifest, a).file)
    )[0];
    if (largest === undefined) {
      throw new Error(
        `nothing in the build is ${pattern}: place it anew in bench/size.ts`,
      );
    }
    return largest;
  });
}

/** The words that one dashboard page does not share with the others. */
function wordsWith(manifest: Manifest, page: string): string[] {
  if (page.includes("/account/")) return chunksFor(manifest, LOADED.account);
  return page.includes("/admin/") ? chunksFor(manifest, LOADED.admin) : [];
}

/** JavaScript files of these chunks and all their imports. */
function scripts(manifest: Manifest, keys: readonly string[]): Set<string> {
  const found = new Set<string>();
  for (const key of keys) closure(manifest, key, found);
  return new Set([...found].map((key) => chunkOf(manifest, key).file));
}

/** The scripts that the document references. */
function scriptsOf(document: string): string[] {
  const named = document.matchAll(/<(?:script|link)[^>]* (?:src|href)="\/([^"]+\.js)"/g);
  return [...named].map(([, file]) => file!);
}

/** The chunks among them, by their keys. */
function entriesOf(manifest: Manifest, document: string): string[] {
  const files = scriptsOf(document);
  if (files.length === 0) throw new Error("index.html names no script");
  return files.filter((file) => !CHECK.test(file)).map((file) => {
    const key = Object.keys(manifest).find((key) => manifest[key]?.file === file);
    if (key === undefined) throw new Error(`${file} of index.html is not in the manifest`);
    return key;
  });
}

/** Sizes in KB, rounded to tenths. */
function measure(manifest: Manifest, document: string) {
  const onDemand = new Set(Object.values(manifest).flatMap(({ dynamicImports }) => dynamicImports ?? []));
  for (const key of onDemand) {
    if (Object.values(LOADED).flat().some((pattern) => pattern.test(key))) continue;
    throw new Error(`${key} is loaded on demand, when? Place it in bench/size.ts`);
  }
  const common = [...entriesOf(manifest, document), ...chunksFor(manifest, LOADED.always)];
  const lobby = scripts(manifest, common);
  const home = scripts(manifest, [...common, ...chunksFor(manifest, LOADED.home)]);
  const dashboard = scripts(manifest, [
    ...common,
    ...chunksFor(manifest, LOADED.me),
    ...chunksFor(manifest, LOADED.dashboard),
  ]);
  const dashboardPages = Object.keys(manifest).filter((key) =>
    LOADED.dashboardPage.some((pattern) => pattern.test(key))
  )
    .map((key) => sum(scripts(manifest, [key, ...wordsWith(manifest, key)]).union(dashboard)));
  const behind = scripts(manifest, chunksFor(manifest, LOADED.behind));
  const media = scripts(manifest, chunksFor(manifest, LOADED.media)).difference(lobby).difference(behind);
  const meeting = scripts(manifest, [...common, ...chunksFor(manifest, LOADED.meeting)]).union(behind).union(
    media,
  );
  const css = new Set(
    Object.values(manifest).flatMap(({ file, css = [] }) => file.endsWith(".css") ? [file] : css),
  );
  const mentions = (files: Iterable<string>) =>
    [...files].some((file) => Deno.readTextFileSync(`${WEB_DIR}/${file}`).includes("mediasoup-client"));
  if (mentions(lobby) || !mentions(media)) {
    throw new Error("mediasoup-client is not where bench/size.ts takes it to be");
  }
  const kb = (files: Iterable<string>) => Math.round(sum(files) / 100) / 10;
  return {
    homeJsKb: kb(home),
    lobbyJsKb: kb(lobby),
    meetingJsKb: kb(meeting),
    panelsJsKb: kb(scripts(manifest, chunksFor(manifest, LOADED.panels)).difference(meeting)),
    dashboardJsKb: Math.round(Math.max(...dashboardPages) / 100) / 10,
    cssKb: kb(css),
    mediasoupKb: kb(media),
    checkJsKb: kb(scriptsOf(document).filter((file) => CHECK.test(file))),
  };
}

async function run(signal: AbortSignal): Promise<boolean> {
  await setup([dependencies, webApp], signal);
  const manifest: Manifest = JSON.parse(await Deno.readTextFile(`${WEB_DIR}/.vite/manifest.json`));
  const figures = measure(manifest, await Deno.readTextFile(`${WEB_DIR}/index.html`));
  for (const [file, bytes] of [...sizes].sort(([, a], [, b]) => b - a)) {
    console.error(`${(bytes / 1000).toFixed(1).padStart(7)} KB  ${file}`);
  }
  const passed = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).filter((name) =>
    figures[name] > LIMITS[name]
  );
  for (const name of passed) console.error(`${name} is ${figures[name]}, the limit ${LIMITS[name]}`);
  if (Deno.args.includes("--record")) await record("size", figures);
  console.log(JSON.stringify(figures));
  return passed.length === 0;
}

const stop = listenForStop();
try {
  Deno.exit(await run(stop.signal) ? 0 : 1);
} catch (error) {
  if (!(error instanceof StopRequested)) console.error(error instanceof SetupError ? error.message : error);
  Deno.exit(1);
}
