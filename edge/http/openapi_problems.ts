import { type JsonSchema, SCHEMAS } from "./openapi_schemas.ts";
import type { AnyDeclaration } from "../route.ts";

/** The codes of all problems of a route, by status. */
export type ProblemCodes = ReadonlyMap<number, ReadonlySet<string>>;

/** Most codes in a schema's name. */
const MOST_NAMED = 2;

export function problemsOf(declaration: AnyDeclaration): ProblemCodes {
  const { access, scope, params = {}, body, ifMatch, limit, method, problems = {}, otherStatuses = {} } =
    declaration;
  const byStatus = new Map<number, Set<string>>();
  const add = (status: number, ...codes: string[]) => {
    if (codes.length > 0) byStatus.set(status, new Set([...byStatus.get(status) ?? [], ...codes]));
  };
  if (body) add(400, "request.notJson");
  if (body) add(413, "request.tooLarge");
  if (body) add(415, "request.contentType");
  if (access !== "open") add(401, "key.unknown");
  if (access !== "open" && access !== "anyone") add(401, "signIn.needed");
  if (!declaration.takesForeignOrigin) add(403, "request.foreignOrigin");
  // The permissions of a key are checked again in the handler, by effect.
  if (access !== "open") add(403, "key.notAllowed", ...scope === undefined ? [] : ["key.scopeMissing"]);
  if (access === "admin" || access === "operator") add(403, `${access}.needed`);
  for (const name of Object.keys(params)) add(404, `${name}.unknown`);
  if (ifMatch) add(412, "version.outdated");
  if (ifMatch) add(428, "precondition.missing");
  // Unknown query parameters are invalid too.
  add(422, "request.invalid");
  if (method !== "GET" && access !== "open") {
    add(409, "idempotency.underWay");
    add(422, "idempotency.otherRequest");
  }
  if (limit !== null) add(429, "address.tooFrequent");
  if (access !== "open") add(429, "address.tooFrequent", "person.tooFrequent");
  add(421, "request.foreignHost");
  // Even finding the requested host can need the database.
  if (otherStatuses[503] === undefined) add(503, "store.unavailable");
  for (const [code, status] of Object.entries(problems)) add(status, code);
  return byStatus;
}

/** Whether such a response has Retry-After. */
export function saysWhen(codes: ReadonlySet<string>): boolean {
  return [...codes].some((code) =>
    /\.(?:tooFrequent|busy|underWay|unavailable)$/i.test(code) && code !== "mail.unavailable"
  );
}

/** Collects the schemas of problems: one per set of codes, so that a client's types distinguish them. */
export class ProblemSchemas {
  readonly #problem: JsonSchema;
  readonly #byName = new Map<string, JsonSchema>();
  readonly #names = new Map<string, string>();

  /** `problem`: the schema of any problem. */
  constructor(problem: JsonSchema) {
    this.#problem = problem;
  }

  get all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries(this.#byName);
  }

  /** A reference to the schema of these problems; it is named after `operation` if it has too many codes. */
  reference(status: number, codes: ReadonlySet<string>, operation: string): JsonSchema {
    const sorted = [...codes].sort();
    const key = `${status} ${sorted}`;
    const name = this.#names.get(key) ??
      `Problem${
        sorted.length > MOST_NAMED ? `${status}${pascal(operation)}` : sorted.map(pascal).join("Or")
      }`;
    if (!this.#byName.has(name)) {
      this.#names.set(key, name);
      const { properties, ...rest } = this.#problem;
      this.#byName.set(name, {
        ...rest,
        description: `Problem details, RFC 9457, of status ${status}.`,
        properties: {
          ...properties,
          code: { description: "The error: a stable code.", type: "string", enum: sorted },
        },
      });
    }
    return { $ref: `${SCHEMAS}${name}` };
  }
}

function pascal(name: string): string {
  return name.split(/[._]/).map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join("");
}
