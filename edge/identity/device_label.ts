/** Of a User-Agent, how much is looked at, characters: real ones have some 100 to 250. */
const LOOKED_AT = 512;

/** What names a browser, and its name; the first that occurs counts, for most of them also claim to be what is listed below them. */
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

/** "Firefox on Windows", from the header User-Agent: what a person knows their browser by. Empty when it names neither. */
export function deviceLabel(header = ""): string {
  const looked = header.slice(0, LOOKED_AT);
  const nameIn = (names: readonly (readonly [mark: string, name: string])[]) =>
    names.find(([mark]) => looked.includes(mark))?.[1];
  return [nameIn(BROWSERS), nameIn(SYSTEMS)].filter((name) => name !== undefined).join(" on ");
}
