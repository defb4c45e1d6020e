import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe finds wrong in the page: WCAG 2.2 A and AA, and good practice; one line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations.map(({ id, help, nodes }) =>
    `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`
  );
}
