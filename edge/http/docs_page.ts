import type { JsonSchema } from "@valibot/to-json-schema";
import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { Content, OpenApi, Operation, Parameter } from "./openapi.ts";
import type { Access } from "../route.ts";

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** The API as a page for people: without scripts, without resources from other sites. */
export function renderDocs(api: OpenApi): Html {
  const sections = api.tags.map(({ name, description }) => ({
    name,
    description,
    routes: Object.entries(api.paths).flatMap(([path, operations]) =>
      Object.entries(operations).filter(([, operation]) => operation.tags.includes(name))
        .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation }))
    ),
  }));
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Tafelrunde API</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/v1/docs.css">
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header>
          <p class="brand"><a href="/">Tafelrunde</a></p>
          <h1>REST API</h1>
          <p>${api.info.description} Version ${api.info.version}; as a file for programs:
    <a href="/v1/openapi.json">openapi.json</a> (OpenAPI ${api.openapi}).</p>
        </header>
        <div class="columns">
          <nav aria-label="Routes">
    ${sections.map(({ name, routes }) =>
      html`
        <details open>
          <summary>${titleOf(name)}</summary>
          <ul>${routes.map(({ method, path, operation }) =>
            html`<li><a href="#${operation.operationId}"><b data-method="${method}">${method}</b> ${
              breakable(path.replace("/v1", ""))
            }</a></li>`
          )}</ul>
        </details>
      `
    )}
    <details><summary>Schemas</summary><ul>${Object.keys(api.components.schemas).map((name) =>
      html`<li><a href="#schema-${name}">${name}</a></li>`
    )}</ul></details>
          </nav>
          <main id="content">
    ${conventions()}
    ${sections.map(({ name, description, routes }) =>
      html`<section aria-labelledby="tag-${name}"><h2 id="tag-${name}">${
        titleOf(name)
      }</h2><p>${description}.</p>
${routes.map((one) => routeArticle(one, api.components.schemas))}</section>`
    )}
    <section aria-labelledby="shapes"><h2 id="shapes">Schemas</h2>
    ${Object.entries(api.components.schemas).map(([name, schema]) =>
      html`<article id="schema-${name}"><h3>${name}</h3>${shape(schema)}</article>`
    )}</section>
          </main>
        </div>
      </body>
    </html>
  `;
}

function conventions(): Html {
  return html`
    <section aria-labelledby="how">
      <h2 id="how">How it works</h2>
      <dl class="how">
        <dt>Authentication</dt>
        <dd>A browser's session cookie, or <code>Authorization: Bearer tafelrunde_…</code> with a tenant's API key. A key can do what
    its scopes allow.</dd>
        <dt>Errors</dt>
        <dd>Errors are <a href="#schema-Problem">problem details</a> (RFC 9457): a stable <code>code</code>, and in
    <code>fields</code> the invalid parts of the request.</dd>
        <dt>Lists</dt>
        <dd>Lists come in pages of <code>limit</code> items (default 20, at most 100). <code>next</code> is the <code>cursor</code> of
    the next page; null: this is the last page.</dd>
        <dt>Changes</dt>
        <dd>Send the <code>ETag</code> that you have read as <code>If-Match</code>: 412 means that the resource has changed since.</dd>
        <dt>Retries</dt>
        <dd>A request with an <code>Idempotency-Key</code> of your own is executed once a day, however often it is sent; repeats get the
    first response again.</dd>
        <dt>Rate limits</dt>
        <dd><code>RateLimit</code> gives the remaining requests (<code>r</code>) and the seconds until the full quota is back
    (<code>t</code>); with 429, <code>Retry-After</code> says when to retry.</dd>
      </dl>
    </section>
  `;
}

function routeArticle(
  { path, method, operation }: { path: string; method: string; operation: Operation },
  schemas: OpenApi["components"]["schemas"],
): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return html`<article id="${operationId}">
<h3>${summary}</h3>
<p class="route"><b data-method="${method}">${method}</b> <code>${breakable(path)}</code></p>
${description === undefined ? "" : html`<p>${description}</p>`}
<p class="who">${whoMay(operation)}</p>
${parameters.length === 0 ? "" : html`<h4>Parameters</h4>${parameterList(parameters)}`}
${requestBody === undefined ? "" : html`<h4>Body</h4>${content(requestBody.content, schemas)}`}
<h4>Responses</h4>
<dl class="answers">${
    Object.entries(responses).map(([status, response]) =>
      html`
        <div data-good="${String(Number(status) < 300)}">
          <dt>${status}</dt>
          <dd>${status.startsWith("2")
            ? (response.content ? content(response.content) : response.description)
            : codes(
              response.description,
            )}</dd>
        </div>
      `
    )
  }</dl>
</article>`;
}

const WHO: Readonly<Record<Access, string>> = {
  open: "Anyone",
  anyone: "Anyone; signed-in callers get more",
  person: "A signed-in person",
  member: "A signed-in person",
  admin: "An admin of the tenant",
  operator: "An operator of the installation",
};

function whoMay({ "x-scope": scope, "x-access": access }: Operation): string {
  return `${WHO[access]}${scope === undefined ? "" : `, or an API key with ${scope}`}`;
}

function parameterList(parameters: readonly Parameter[]): Html {
  return html`<dl class="fields">${
    parameters.map(({ name, in: place, required, schema, description }) =>
      html`
        <div>
          <dt><code>${name}</code> <small>${place}${required ? "" : ", optional"}</small></dt>
          <dd>${typeOf(schema)}${description === undefined ? "" : html`<br>${description}`}</dd>
        </div>
      `
    )
  }</dl>`;
}

/** `schemas`: named schemas are then shown in full instead of by name. */
function content(content: Content, schemas: OpenApi["components"]["schemas"] = {}): Html {
  return html`${
    Object.entries(content).map(([type, { schema }]) =>
      html`${type === "application/json" ? "" : html`<p><code>${type}</code></p>`}${
        shape(schemas[schema.$ref?.split("/").at(-1) ?? ""] ?? schema)
      }`
    )
  }`;
}

/** An object as the list of its fields, anything else as its type. */
function shape(schema: JsonSchema): Html {
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) return html`<p>${typeOf(schema)}</p>`;
  return html`<dl class="fields">${
    properties.map(([name, field]) =>
      html`
        <div>
          <dt><code>${name}</code>${schema.required?.includes(name) ? "" : html`
            <small>optional</small>
          `}</dt>
          <dd>${typeof field === "boolean" ? "" : typeOf(field)}</dd>
        </div>
      `
    )
  }</dl>`;
}

/** A type in a few words, with links to named types. */
function typeOf(schema: JsonSchema): Html {
  const { $ref, anyOf, oneOf, enum: values, items, properties } = schema;
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf("/") + 1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const either = anyOf ?? oneOf;
  if (either !== undefined) {
    return joined(either.map((one) => typeof one === "boolean" ? html`` : typeOf(one)), " or ");
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (values !== undefined) return joined(values.map((value) => html`<code>${String(value)}</code>`), " · ");
  if (Object.keys(properties ?? {}).length > 0) return shape(schema);
  if (schema.type === "array") {
    return html`list of ${typeof items === "object" && !Array.isArray(items) ? typeOf(items) : "values"}${
      rules(schema)
    }`;
  }
  return html`${schema.type === undefined ? "anything" : String(schema.type)}${rules(schema)}`;
}

function rules(schema: JsonSchema): Html {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, pattern, format } = schema;
  const said = [
    ...format === undefined ? [] : [format],
    ...range(minLength, maxLength, " characters"),
    ...range(minimum, maximum, ""),
    ...range(minItems, maxItems, " items"),
  ].join(", ");
  const fallback = schema.default === undefined
    ? ""
    : html`, default <code>${JSON.stringify(schema.default)}</code>`;
  return html`${said === "" ? "" : `, ${said}`}${
    pattern === undefined ? "" : html`
      <code class="pattern">${pattern}</code>
    `
  }${fallback}`;
}

function range(least: number | undefined, most: number | undefined, unit: string): string[] {
  if (least === undefined && most === undefined) return [];
  if (least === undefined) return [`at most ${most}${unit}`];
  return [most === undefined ? `at least ${least}${unit}` : `${least} to ${most}${unit}`];
}

function joined(parts: readonly Html[], between: string): Html {
  return html`${parts.map((part, index) => html`${index === 0 ? "" : between}${part}`)}`;
}

/** Text in which backquotes mark code. */
function codes(text: string): Html {
  return html`${text.split("`").map((part, index) => index % 2 === 1 ? html`<code>${part}</code>` : part)}`;
}

/** A path with a line break opportunity before each slash. */
function breakable(path: string): Html {
  return html`${path.split("/").slice(1).map((part) => html`<wbr>/${part}`)}`;
}

function titleOf(tag: string): string {
  return `${tag.slice(0, 1).toUpperCase()}${tag.slice(1)}`;
}
