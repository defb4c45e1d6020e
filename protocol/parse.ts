import * as v from "valibot";
import { type Down, down } from "./down.ts";
import { CommandId } from "./ids.ts";
import { isTooDeep } from "./json.ts";
import { object } from "./object.ts";
import { ProtocolFault } from "./protocol_fault.ts";
import { type Up, up } from "./up.ts";

/** A command of a newer release: only its id is known. */
export interface ForeignCommand {
  readonly type: "foreign";
  readonly id: CommandId;
}

/** Shape of any release's commands. */
const foreignCommand = v.pipe(
  object({ type: v.pipe(v.string(), v.maxLength(64), v.regex(/^[a-z]+\.[a-zA-Z]+$/)), id: CommandId }),
  v.transform(({ id }): ForeignCommand => ({ type: "foreign", id })),
);

/** Parses one message of a client. Throws ProtocolFault. */
export function parseUp(text: string): Up | ForeignCommand {
  return parse(up, text, foreignCommand) as Up | ForeignCommand;
}

/** Parses one message of an edge. Throws ProtocolFault. */
export function parseDown(text: string): Down {
  return parse(down, text) as Down;
}

/**
 * Parses `text` with the schema for its `type`. One look-up and one schema: a union would try all of them in
 * turn. Other types are parsed with `foreign`, or are a fault without it. Throws ProtocolFault.
 */
export function parse(
  schemas: Readonly<Record<string, v.GenericSchema>>,
  text: string,
  foreign?: v.GenericSchema,
): unknown {
  if (isTooDeep(text)) throw new ProtocolFault("too deep");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ProtocolFault("not JSON", { cause });
  }
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (typeof type !== "string" || !Object.hasOwn(schemas, type)) {
    const { success, output } = foreign === undefined ? { success: false } : v.safeParse(foreign, value);
    if (!success) throw new ProtocolFault("unknown type");
    return output;
  }
  const schema = schemas[type]!;
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (!result.success) throw new ProtocolFault(`${type}: wrong ${placeOf(schema, result.issues[0].path)}`);
  return result.output;
}

/**
 * Where a message is wrong: the schema's entry on the path. Names chosen by the sender, including keys, are
 * not repeated.
 */
function placeOf(schema: v.GenericSchema, path: readonly { readonly key: unknown }[] = []): string {
  const [item] = path;
  const isKnown = typeof item?.key === "string" && "entries" in schema &&
    typeof schema.entries === "object" && schema.entries !== null && Object.hasOwn(schema.entries, item.key);
  return isKnown ? String(item.key) : "shape";
}

/** The id of a request or an answer with a wrong shape, if it starts like one; undefined: it has none. */
export function requestIdOf(text: string): number | undefined {
  const digits = /^\{"id":(\d{1,15})[,}]/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
