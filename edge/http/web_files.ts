import { acceptsEncodings } from "@std/http/negotiation";
import type { Context } from "hono";
import { getMimeType } from "hono/utils/mime";
import { isKnown } from "./precondition.ts";

/**
 * Encodings that the build writes beside each file that gets smaller, with their file endings; the first that
 * a client accepts is sent.
 */
const ENCODINGS = { br: ".br", gzip: ".gz" } as const;
type Encoding = keyof typeof ENCODINGS | "identity";

/** One built file, ready to be sent. */
interface WebFile {
  readonly type: string;
  /** By encoding, with an ETag each. */
  readonly bodies: ReadonlyMap<Encoding, { readonly bytes: Uint8Array<ArrayBuffer>; readonly etag: string }>;
}

/**
 * The built files of the pages by path ("/assets/…"), all in memory (about 2 MB), so that a response opens no
 * file.
 */
export class WebFiles {
  readonly #files = new Map<string, WebFile>();

  private constructor(files: Map<string, WebFile>) {
    this.#files = files;
  }

  /** Reads everything below `directory`. */
  static async read(directory: string): Promise<WebFiles> {
    const files = new Map<string, WebFile>();
    for await (const path of filesBelow(directory)) {
      if (Object.values(ENCODINGS).some((ending) => path.endsWith(ending))) continue;
      const bodies = new Map<Encoding, { bytes: Uint8Array<ArrayBuffer>; etag: string }>();
      for (const [encoding, ending] of Object.entries({ ...ENCODINGS, identity: "" })) {
        const bytes = await Deno.readFile(`${directory}/${path}${ending}`).catch(() => undefined);
        if (bytes !== undefined) bodies.set(encoding as Encoding, { bytes, etag: await etagOf(bytes) });
      }
      files.set(`/${path}`, { type: getMimeType(path) ?? "application/octet-stream", bodies });
    }
    return new WebFiles(files);
  }

  /** The response to a request for a file; undefined: there is none at that path. */
  answer(c: Context): Response | undefined {
    const file = this.#files.get(c.req.path);
    if (file === undefined) return undefined;
    // By the RFC, a missing header accepts any encoding; but proxies that read or change responses drop it
    // and handle none.
    const names = c.req.header("accept-encoding")?.trim() ?? "";
    const encoding = names === ""
      ? "identity"
      : acceptsEncodings(c.req.raw, ...file.bodies.keys()) as Encoding | undefined;
    const body = file.bodies.get(encoding ?? "identity")!;
    c.header("etag", body.etag);
    c.header("vary", "accept-encoding");
    if (isKnown(c, body.etag)) return c.body(null, 304);
    c.header("content-type", file.type);
    c.header("content-length", String(body.bytes.length));
    if (encoding !== undefined && encoding !== "identity") c.header("content-encoding", encoding);
    return c.req.method === "HEAD" ? c.body(null) : c.body(body.bytes);
  }
}

async function* filesBelow(directory: string, under = ""): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(`${directory}/${under}`)) {
    // Files of the build itself, not of the pages.
    if (name.startsWith(".")) continue;
    if (isDirectory) yield* filesBelow(directory, `${under}${name}/`);
    else yield `${under}${name}`;
  }
}

async function etagOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `"${hash.slice(0, 12).toHex()}"`;
}
