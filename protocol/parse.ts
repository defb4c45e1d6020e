import * as v from "valibot";
import { type Down, down } from "./down.ts";
import { isTooDeep } from "./json.ts";
import { type Up, up } from "./up.ts";

/** The other side broke the rules of the protocol. The message names the place, never the value. */
export class ProtocolFault extends Error {
  override readonly name = "ProtocolFault";
}

/** Parses one message of a client. Throws ProtocolFault. */
export function parseUp(text: string): Up {
  return parse(up, text) as Up;
}

/** Parses one message of an edge. Throws ProtocolFault. */
export function parseDown(text: string): Down {
  return parse(down, text) as Down;
}

/**
 * Parses `text` by the schema that its `type` names. One look-up and one schema: a union of all would try them in turn.
 * Throws ProtocolFault.
 */
export function parse(schemas: Readonly<Record<string, v.GenericSchema>>, text: string): unknown {
  if (isTooDeep(text)) throw new ProtocolFault("too deep");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ProtocolFault("not JSON", { cause });
  }
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  if (typeof type !== "string" || !Object.hasOwn(schemas, type)) throw new ProtocolFault("unknown type");
  const schema = schemas[type]!;
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (!result.success) throw new ProtocolFault(`${type}: wrong ${placeOf(schema, result.issues[0].path)}`);
  return result.output;
}

/** Where a message is wrong: the entry of its schema that leads there. What the sender named otherwise, its keys too, is not repeated. */
function placeOf(schema: v.GenericSchema, path: readonly { readonly key: unknown }[] = []): string {
  const [item] = path;
  const isKnown = typeof item?.key === "string" && "entries" in schema &&
    typeof schema.entries === "object" && schema.entries !== null && Object.hasOwn(schema.entries, item.key);
  return isKnown ? String(item.key) : "shape";
}

/** The id of a request or an answer whose shape is wrong, as far as it starts as one does; undefined: it has none. */
export function requestIdOf(text: string): number | undefined {
  const digits = /^\{"id":(\d{1,15})[,}]/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
