/**
 * Reads the doc comments of protocol/, with which the API description describes schemas, fields and
 * parameters.
 */
import { dirname, join } from "node:path";
import ts from "typescript";
import { ROOT } from "../places.ts";

/** The file with the descriptions, from the repository's root; edge/http/openapi_words.ts reads it. */
export const WORDS_FILE = "edge/http/doc_comments.json";

/**
 * Descriptions by the name of an exported schema: of the schema itself (""), and of each field by dotted path
 * ("tenant.name").
 */
export type Words = Record<string, Record<string, string>>;

/** An expression that creates a schema, reduced to its descriptions. */
interface Shape {
  readonly doc: string | undefined;
  readonly fields: ReadonlyMap<string, Shape>;
  /** It is an exported schema, unchanged: its fields are described there. */
  readonly isNamed: boolean;
}

const NOTHING: Shape = { doc: undefined, fields: new Map(), isNamed: false };

/** The schemas that contain the settings of all features. */
const SETTINGS = ["RoomSettings", "RoomSettingsChange", "RoomSettingsPatch"];

/** Functions that return their first argument's schema, modified. */
const WRAPPERS = ["partial", "optional", "nullable", "pipe", "array", "list", "exactOptional"];
const OBJECTS = ["object", "strictObject", "looseObject"];

/** The descriptions of everything that protocol/mod.ts and protocol/http.ts export. */
export function readWords(): Words {
  const words: Words = {};
  const reader = new Reader();
  for (const entry of ["protocol/mod.ts", "protocol/http.ts"]) {
    for (const [name, { file, node }] of reader.exportsOf(join(ROOT, entry))) {
      const shape = reader.declared(file, node);
      // Socket messages and plain constants are not part of the API.
      if (!/^[A-Z][a-z]/.test(name) && entry !== "protocol/http.ts") continue;
      const said = flatten(shape);
      if (Object.keys(said).length > 0) words[name] = said;
    }
  }
  for (const messages of reader.features()) {
    for (const [name, shape] of messages.fields.get("rest")?.fields ?? []) words[name] = flatten(shape);
    // Settings are merged into these by a function, which the reader does not follow.
    for (const [name, { doc }] of messages.fields.get("settings")?.fields ?? []) {
      for (const settings of SETTINGS) {
        if (doc !== undefined) words[settings] = { ...words[settings], [name]: doc };
      }
    }
  }
  return Object.fromEntries(Object.entries(words).sort(([one], [other]) => one < other ? -1 : 1));
}

function flatten(shape: Shape, path = ""): Record<string, string> {
  const said: Record<string, string> = shape.doc === undefined ? {} : { [path]: shape.doc };
  if (shape.isNamed && path !== "") return said;
  for (const [name, field] of shape.fields) {
    Object.assign(said, flatten(field, path === "" ? name : `${path}.${name}`));
  }
  return said;
}

interface Declared {
  readonly file: string;
  readonly node: ts.VariableDeclaration;
}

class Reader {
  readonly #files = new Map<string, ts.SourceFile>();

  /** The messages of each feature. */
  features(): Shape[] {
    const list = join(ROOT, "protocol/feature_messages.ts");
    return [...this.exportsOf(list).values()].map(({ file, node }) => this.declared(file, node));
  }

  /** The constants that a module exports, including re-exports. */
  exportsOf(file: string): Map<string, Declared> {
    const found = new Map<string, Declared>();
    for (const statement of this.#read(file).statements) {
      if (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined) {
        const target = targetOf(file, statement.moduleSpecifier);
        if (target === undefined) continue;
        const theirs = this.exportsOf(target);
        const { exportClause } = statement;
        if (exportClause === undefined) { for (const [name, declared] of theirs) found.set(name, declared); }
        else if (ts.isNamedExports(exportClause)) {
          for (const { name, propertyName } of exportClause.elements) {
            const declared = theirs.get((propertyName ?? name).text);
            if (declared !== undefined) found.set(name.text, declared);
          }
        }
      }
      if (ts.isVariableStatement(statement) && isExported(statement)) {
        for (const node of statement.declarationList.declarations) {
          if (ts.isIdentifier(node.name)) found.set(node.name.text, { file, node });
        }
      }
    }
    return found;
  }

  /** A constant: its own comment takes precedence over that of the schema it is made of. */
  declared(file: string, node: ts.VariableDeclaration): Shape {
    const statement = node.parent.parent;
    const made = node.initializer === undefined ? NOTHING : this.#shapeOf(file, node.initializer);
    return {
      doc: commentOf(statement) ?? made.doc,
      fields: made.fields,
      isNamed: ts.isVariableStatement(statement) && isExported(statement),
    };
  }

  #read(file: string): ts.SourceFile {
    const known = this.#files.get(file);
    if (known !== undefined) return known;
    const read = ts.createSourceFile(file, Deno.readTextFileSync(file), ts.ScriptTarget.Latest, true);
    this.#files.set(file, read);
    return read;
  }

  #shapeOf(file: string, node: ts.Expression): Shape {
    if (ts.isIdentifier(node)) return this.#named(file, node.text);
    if (ts.isAsExpression(node) || ts.isParenthesizedExpression(node) || ts.isSatisfiesExpression(node)) {
      return this.#shapeOf(file, node.expression);
    }
    if (ts.isObjectLiteralExpression(node)) return { ...NOTHING, fields: this.#fieldsOf(file, node) };
    if (ts.isPropertyAccessExpression(node)) {
      const owner = this.#shapeOf(file, node.expression);
      return node.name.text === "entries"
        ? { ...owner, isNamed: false }
        : owner.fields.get(node.name.text) ?? NOTHING;
    }
    return ts.isCallExpression(node) ? this.#called(file, node) : NOTHING;
  }

  #called(file: string, { expression, arguments: given }: ts.CallExpression): Shape {
    const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
    const [first, second] = given;
    if (first === undefined) return NOTHING;
    if (OBJECTS.includes(name)) return this.#shapeOf(file, first);
    if (name === "union" && ts.isArrayLiteralExpression(first)) {
      const fields = first.elements.flatMap((option) => [...this.#shapeOf(file, option).fields]);
      return { ...NOTHING, fields: new Map(fields) };
    }
    if (name === "message" && second !== undefined) {
      const fields = this.#fieldsOfFunction("protocol/message.ts", name);
      return { ...NOTHING, fields: new Map([...fields, ...this.#shapeOf(file, second).fields]) };
    }
    if (WRAPPERS.includes(name)) {
      const wrapped = this.#shapeOf(file, first);
      return name === "partial" ? { ...wrapped, isNamed: false } : wrapped;
    }
    if (name !== "pageOf") return NOTHING;
    const item = this.#shapeOf(file, first);
    const fields = this.#fieldsOfFunction("protocol/http/page.ts", name);
    return {
      ...NOTHING,
      fields: fields.set("items", { ...item, doc: fields.get("items")?.doc ?? item.doc }),
    };
  }

  /** The fields of the object from which one of our functions makes a schema. */
  #fieldsOfFunction(path: string, name: string): Map<string, Shape> {
    const file = join(ROOT, path);
    const fields = new Map<string, Shape>();
    const visit = (node: ts.Node): void => {
      if (ts.isObjectLiteralExpression(node)) {
        for (const [name, field] of this.#fieldsOf(file, node)) fields.set(name, field);
      } else ts.forEachChild(node, visit);
    };
    for (const statement of this.#read(file).statements) {
      if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) visit(statement);
    }
    return fields;
  }

  #fieldsOf(file: string, node: ts.ObjectLiteralExpression): Map<string, Shape> {
    const fields = new Map<string, Shape>();
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) {
        for (const [name, field] of this.#shapeOf(file, property.expression).fields) fields.set(name, field);
      } else if (ts.isShorthandPropertyAssignment(property)) {
        const made = this.#named(file, property.name.text);
        fields.set(property.name.text, { ...made, doc: commentOf(property) ?? made.doc });
      } else if (ts.isPropertyAssignment(property)) {
        const name = property.name.getText().replaceAll('"', "");
        const made = this.#shapeOf(file, property.initializer);
        const before = fields.get(name)?.doc;
        fields.set(name, { ...made, doc: commentOf(property) ?? made.doc ?? before });
      }
    }
    return fields;
  }

  #named(file: string, name: string): Shape {
    for (const statement of this.#read(file).statements) {
      if (ts.isVariableStatement(statement)) {
        for (const node of statement.declarationList.declarations) {
          if (ts.isIdentifier(node.name) && node.name.text === name) return this.declared(file, node);
        }
      }
      const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : undefined;
      if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
      const bound = bindings.elements.find((element) => element.name.text === name);
      const target = bound && targetOf(file, (statement as ts.ImportDeclaration).moduleSpecifier);
      if (target !== undefined) return this.#named(target, (bound!.propertyName ?? bound!.name).text);
    }
    return NOTHING;
  }
}

function targetOf(file: string, specifier: ts.Expression): string | undefined {
  const path = ts.isStringLiteral(specifier) ? specifier.text : "";
  return path.startsWith(".") ? join(dirname(file), path) : undefined;
}

function isExported(statement: ts.VariableStatement): boolean {
  return statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** The doc comment directly before a node, in one line. */
function commentOf(node: ts.Node): string | undefined {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  const text = ts.getTextOfJSDocComment(comment?.comment)?.replaceAll(/\s+/g, " ").trim();
  return text === "" ? undefined : text;
}
