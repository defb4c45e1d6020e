import { type JsonSchema, SCHEMAS } from "./openapi_schemas.ts";
import type { AnyDeclaration } from "./route.ts";

/** The codes of all problems that a route may answer with, by status. */
export type ProblemCodes = ReadonlyMap<number, ReadonlySet<string>>;

/** A schema that says which codes there are is called by them, up to so many. */
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
  // What a key may is asked again where it happens, by what comes of it.
  if (access !== "open") add(403, "key.notAllowed", ...scope === undefined ? [] : ["key.scopeMissing"]);
  if (access === "admin" || access === "operator") add(403, `${access}.needed`);
  for (const name of Object.keys(params)) add(404, `${name}.unknown`);
  if (ifMatch) add(412, "version.outdated");
  if (ifMatch) add(428, "precondition.missing");
  // A query parameter that there is not is wrong too.
  add(422, "request.invalid");
  if (method !== "GET" && access !== "open") {
    add(409, "idempotency.underWay");
    add(422, "idempotency.otherRequest");
  }
  if (limit !== null) add(429, "address.tooFrequent");
  if (access !== "open") add(429, "address.tooFrequent", "person.tooFrequent");
  add(421, "request.foreignHost");
  // Even the host that is asked may have to be looked up.
  if (otherStatuses[503] === undefined) add(503, "store.unavailable");
  for (const [code, status] of Object.entries(problems)) add(status, code);
  return byStatus;
}

/** Whether such an answer says when to come back. */
export function saysWhen(codes: ReadonlySet<string>): boolean {
  return [...codes].some((code) =>
    /\.(?:tooFrequent|busy|underWay|unavailable)$/i.test(code) && code !== "mail.unavailable"
  );
}

/** Collects the schemas of problems: one for each set of codes, so that a client's types tell them apart. */
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

  /** A reference to the schema of these problems; `operation` gives it its name where the codes are too many for that. */
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
          code: { description: "What cannot be: a stable code.", type: "string", enum: sorted },
        },
      });
    }
    return { $ref: `${SCHEMAS}${name}` };
  }
}

function pascal(name: string): string {
  return name.split(/[._]/).map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join("");
}
