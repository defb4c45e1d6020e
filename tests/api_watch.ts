import type { EdgeContext } from "../edge/context.ts";
import { Ajv2020, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { apiRoutes } from "../edge/http/app.ts";
import { describeApi, type OpenApi, type Operation } from "../edge/http/openapi.ts";
import { makeTestIdentityContext } from "../edge/context_for_tests.ts";
import { denoRuntime } from "../edge/runtime/serve_deno.ts";
import type { Db } from "../edge/store/schema.ts";

/**
 * Headers that are specific to a route's responses; headers common to all (Date, browser policies) are not
 * described for each.
 */
const TELLING = [
  "etag",
  "location",
  "retry-after",
  "ratelimit",
  "ratelimit-policy",
  "www-authenticate",
];

/** Most bodies checked per route and status in one process. */
const MOST_LOOKED_AT = 40;

/** Most differences kept. */
const MOST_KEPT = 20;

/** The routes of the API as every edge describes them. */
export async function readDescription(): Promise<OpenApi> {
  const context = await makeTestIdentityContext({} as Db);
  using _hasher = context.hasher;
  return describeApi(
    apiRoutes({ ...context, runtime: denoRuntime(), fleet: {} } as EdgeContext),
  );
}

interface Described {
  readonly method: string;
  readonly path: RegExp;
  readonly operation: Operation;
}

/** The description that responses are checked against. One per process, so that schemas are compiled once. */
class Description {
  readonly #ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: false }));
  readonly #operations: readonly Described[];
  readonly #compiled = new Map<string, ValidateFunction>();
  readonly #looked = new Map<string, number>();

  constructor(api: OpenApi) {
    this.#ajv.addSchema({ $id: "api", components: api.components });
    this.#operations = Object.entries(api.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`),
        operation,
      }))
    );
  }

  /** How the response differs from its description; undefined: it does not, or no route describes it. */
  async difference(request: Request, response: Response): Promise<string | undefined> {
    const { pathname } = new URL(request.url);
    // A path without parameters takes precedence over a matching one with parameters.
    const found =
      this.#operations.filter(({ method, path }) => method === request.method && path.test(pathname))
        .sort((one, other) => one.path.source.split("[").length - other.path.source.split("[").length)[0];
    if (found === undefined) return undefined;
    const { operation: { operationId, responses } } = found;
    const status = String(response.status);
    const described = responses[status] ?? (response.status === 500 ? responses["5XX"] : undefined);
    const where = `${operationId} ${status}`;
    if (described === undefined) return `${where}: no such status is described`;
    const headers = Object.keys(described.headers ?? {}).map((name) => name.toLowerCase());
    const surplus = TELLING.find((name) => response.headers.has(name) && !headers.includes(name));
    if (surplus !== undefined) return `${where}: no ${surplus} is described`;
    const type = response.headers.get("content-type")?.split(";")[0]?.trim();
    const content = Object.entries(described.content ?? {})[0];
    if (type !== content?.[0]) return `${where}: ${type} in place of ${content?.[0]}`;
    // A download is written while it is read: checking it here would read it all.
    if (response.headers.has("content-disposition")) return undefined;
    const looked = this.#looked.get(where) ?? 0;
    if (content === undefined || !content[0].endsWith("json") || looked >= MOST_LOOKED_AT) return undefined;
    this.#looked.set(where, looked + 1);
    const text = await response.clone().text();
    const schema = JSON.stringify(content[1].schema).replaceAll('"#/', '"api#/');
    let validate = this.#compiled.get(schema);
    if (validate === undefined) this.#compiled.set(schema, validate = this.#ajv.compile(JSON.parse(schema)));
    if (validate(JSON.parse(text))) return undefined;
    return `${where}: ${JSON.stringify(validate.errors?.slice(0, 2))} in ${text.slice(0, 500)}`;
  }
}

let description: Promise<Description> | undefined;

/** A request handler. */
export type Fetch = (request: Request, ...rest: never[]) => Response | Promise<Response>;

/** Fails a test whose edge sends a response that the API description does not document. */
export class ApiWatch {
  readonly #differences: string[] = [];

  /** Wraps `fetch` and checks its responses. */
  over<F extends Fetch>(fetch: F): F {
    const watched: Fetch = async (request, ...rest) => {
      const response = await fetch(request, ...rest);
      // An invalid Host yields no URL.
      if (!URL.parse(request.url)?.pathname.startsWith("/v1/")) return response;
      description ??= readDescription().then((api) => new Description(api));
      const difference = await (await description).difference(request, response);
      if (difference !== undefined && this.#differences.length < MOST_KEPT) {
        this.#differences.push(difference);
      }
      return response;
    };
    return watched as F;
  }

  /** Throws if there was such a response. Call it at the end. */
  check(): void {
    if (this.#differences.length === 0) return;
    throw new Error(
      `answers that the API's description does not know:\n${[...new Set(this.#differences)].join("\n")}`,
    );
  }
}
