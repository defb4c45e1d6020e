/** Characters of a User-Agent that are read: real ones have about 100 to 250. */
const LOOKED_AT = 512;

/**
 * Substrings that identify a browser, and its name. The first match counts, since most browsers also claim to
 * be those listed below them.
 */
const BROWSERS = [
  ["Edg", "Edge"],
  ["OPR/", "Opera"],
  ["SamsungBrowser/", "Samsung Internet"],
  ["Vivaldi/", "Vivaldi"],
  ["YaBrowser/", "Yandex"],
  ["DuckDuckGo/", "DuckDuckGo"],
  ["Electron/", "Electron"],
  ["FxiOS/", "Firefox"],
  ["Firefox/", "Firefox"],
  ["CriOS/", "Chrome"],
  ["HeadlessChrome/", "Chrome Headless"],
  ["Chromium/", "Chromium"],
  ["Chrome/", "Chrome"],
  ["Epiphany/", "Epiphany"],
  ["Safari/", "Safari"],
] as const;

/** The same for operating systems. */
const SYSTEMS = [
  ["iPhone", "iOS"],
  ["iPad", "iOS"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["Macintosh", "macOS"],
  ["CrOS", "Chrome OS"],
  ["Ubuntu", "Ubuntu"],
  ["Fedora", "Fedora"],
  ["Linux", "Linux"],
  ["FreeBSD", "FreeBSD"],
  ["OpenBSD", "OpenBSD"],
] as const;

/**
 * "Firefox on Windows", from the User-Agent header: a label that people recognize. Empty if it names neither.
 */
export function deviceLabel(header = ""): string {
  const looked = header.slice(0, LOOKED_AT);
  const nameIn = (names: readonly (readonly [mark: string, name: string])[]) =>
    names.find(([mark]) => looked.includes(mark))?.[1];
  return [nameIn(BROWSERS), nameIn(SYSTEMS)].filter((name) => name !== undefined).join(" on ");
}
