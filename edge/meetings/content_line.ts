/** Longest line of a calendar's file, octets without its end. Source: RFC 5545 §3.1. */
const MAX_LINE = 75;

/** One property of a calendar: "DTSTART;TZID=Europe/Berlin:20271031T024500", not folded yet. `value` is as it stands in the file. */
export function contentLine(
  name: string,
  value: string,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const written = Object.entries(parameters).map(([key, text]) => `;${key}=${parameterText(text)}`);
  return `${name}${written.join("")}:${value}`;
}

/** Lines as a file has them: folded, each with its end. */
export function contentLines(lines: readonly string[]): string {
  return lines.map((line) => `${fold(line)}\r\n`).join("");
}

/** What people wrote, as a property's value. Source: RFC 5545 §3.3.11. */
export function textValue(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").replaceAll(/[\\;,]/g, "\\$&").replaceAll("\n", "\\n")
    .replaceAll(CONTROLS, "");
}

/** What may stand nowhere in a calendar's text. Source: RFC 5545 §3.1. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u0008\u000a-\u001f\u007f]/g;

/** A parameter's value; in quotes where it has to be. Source: RFC 5545 §3.2, and RFC 6868 for what quotes cannot hold. */
function parameterText(text: string): string {
  const written = text.replaceAll("^", "^^").replaceAll('"', "^'").replaceAll(/\r\n?|\n/g, "^n")
    .replaceAll(CONTROLS, "");
  return /[:;,^]/.test(written) ? `"${written}"` : written;
}

const encoder = new TextEncoder();

/** What begins with U+FEFF keeps it. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A long line goes on in the next, behind a space; never inside of a letter. */
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

/** Whether a letter of UTF-8 goes on with this byte. */
function isInsideLetter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
