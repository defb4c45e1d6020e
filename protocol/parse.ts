import * as v from "valibot";
import { type Down, down } from "./down.ts";
import { CommandId } from "./ids.ts";
import { isTooDeep } from "./json.ts";
import { object } from "./object.ts";
import { type Up, up } from "./up.ts";

/** The other side broke the rules of the protocol. The message names the place, never the value. */
export class ProtocolFault extends Error {
  override readonly name = "ProtocolFault";
}

/** A command that only a newer release knows: of it only the id is of use. */
export interface ForeignCommand {
  readonly type: "foreign";
  readonly id: CommandId;
}

/** What any release's command looks like. */
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
 * Parses `text` by the schema that its `type` names. One look-up and one schema: a union of all would try them in turn.
 * What has another type is read by `foreign`, and is a fault without. Throws ProtocolFault.
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
