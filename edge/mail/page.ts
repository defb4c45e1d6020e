import { html } from "hono/html";
import type { Language } from "@tafelrunde/protocol";

/** Text of a mail, before it is rendered as plain text and HTML. */
export interface Page {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** What and when, as label and value. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** Links for the recipient, the main one first. */
  readonly actions: readonly { readonly label: string; readonly url: string }[];
  readonly closing: readonly string[];
}

/** `page` as plain text. */
export function pageText({ paragraphs, facts, actions, closing }: Page): string {
  const blocks = [
    ...paragraphs,
    facts.map(([label, value]) => `${label}: ${value}`).join("\n"),
    ...actions.map(({ label, url }) => `${label}:\n${url}`),
    ...closing,
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

/** `page` as HTML that loads nothing: no pictures, no external styles. User text is escaped. */
export async function pageHtml(page: Page, language: Language): Promise<string> {
  const { subject, paragraphs, facts, actions: [main, ...others], closing } = page;
  const paragraph = (text: string) => html`<p style="margin:0 0 16px;white-space:pre-line">${text}</p>`;
  const small = (text: string) => html`<p style="margin:0 0 8px;color:#5c5f66;font-size:14px">${text}</p>`;
  const row = ([label, value]: readonly [string, string]) =>
    html`
      <tr>
        <td style="padding:2px 16px 2px 0;color:#5c5f66;vertical-align:top">${label}</td>
        <td style="padding:2px 0;white-space:pre-line">${value}</td>
      </tr>
    `;
  const button = main && html`
    <p
      style="margin:24px 0"><a href="${main
        .url}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#1f5c4d;color:#ffffff;text-decoration:none">${main
        .label}</a></p>
  `;
  const links = others.length > 0 &&
    html`<p style="margin:0 0 16px">${
      others.map(({ label, url }) =>
        html`
          <a href="${url}" style="color:#1f5c4d;margin-right:16px">${label}</a>
        `
      )
    }</p>`;
  return String(
    await html`
      <!doctype html>
      <html lang="${language}">
        <head>
          <meta charset="utf-8">
          <title>${subject}</title>
        </head>
        <body style="margin:0;padding:24px;background:#faf8f5;color:#22252a;font:16px/1.5 system-ui,sans-serif">
          <div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:12px">
      ${paragraphs.map(paragraph)}
      ${facts.length > 0 &&
        html`<table style="border-collapse:collapse;margin:0 0 16px">${facts.map(row)}</table>`}
      ${button}
      ${links}
      ${closing.map(small)}
          </div>
        </body>
      </html>
    `,
  ).trim();
}
