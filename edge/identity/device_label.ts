import { UserAgent } from "@std/http/user-agent";

/** "Firefox on Windows", from the header User-Agent: what a person knows their browser by. Empty when it names neither. */
export function deviceLabel(header: string | undefined): string {
  const { browser, os } = new UserAgent(header?.slice(0, 512) ?? null);
  return [browser.name, os.name].filter((name) => name !== undefined).join(" on ").slice(0, 80);
}
