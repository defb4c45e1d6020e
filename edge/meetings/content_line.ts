/** Longest line of a calendar file, octets without line end. Source: RFC 5545 §3.1. */
const MAX_LINE = 75;

/**
 * One property of a calendar: "DTSTART;TZID=Europe/Berlin:20271031T024500", not folded yet. `value` is
 * already escaped.
 */
export function contentLine(
  name: string,
  value: string,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const written = Object.entries(parameters).map(([key, text]) => `;${key}=${parameterText(text)}`);
  return `${name}${written.join("")}:${value}`;
}

/** Lines of a file: folded, each with its line end. */
export function contentLines(lines: readonly string[]): string {
  return lines.map((line) => `${fold(line)}\r\n`).join("");
}

/** User text as a property's value. Source: RFC 5545 §3.3.11. */
export function textValue(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll(/[\\;,]/g, "\\$&").replaceAll("\n", "\\n")
    .replaceAll(CONTROLS, "");
}

/** Characters that are not allowed in a calendar's text. Source: RFC 5545 §3.1. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f]/g;

/**
 * A parameter's value; quoted if necessary. Source: RFC 5545 §3.2, and RFC 6868 for what quotes cannot
 * contain.
 */
function parameterText(text: string): string {
  const written = text.replaceAll("^", "^^").replaceAll('"', "^'").replaceAll(/\r\n?|\n/g, "^n")
    .replaceAll(CONTROLS, "");
  return /[:;,^]/.test(written) ? `"${written}"` : written;
}

const encoder = new TextEncoder();

/** Keeps a leading U+FEFF. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Continues a long line on the next, after a space; never within a character. */
function fold(line: string): string {
  const bytes = encoder.encode(line);
  if (bytes.length <= MAX_LINE) return line;
  const parts: string[] = [];
  for (let from = 0; from < bytes.length;) {
    let to = from + MAX_LINE - (from === 0 ? 0 : 1);
    while (isInsideLetter(bytes[to])) to--;
    parts.push(decoder.decode(bytes.subarray(from, to)));
    from = to;
  }
  return parts.join("\r\n ");
}

/** Whether this byte continues a character of UTF-8. */
function isInsideLetter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
