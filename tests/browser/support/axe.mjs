// Runs axe with every rule of WCAG 2.2 A and AA on, contrast included.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The findings on the page as it is now: rule, elements and why. */
export async function findings(page) {
  // The page's content security policy forbids foreign scripts; evaluating is not bound by it.
  await page.evaluate(source);
  const result = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  return result.violations.map(violation => ({
    rule: violation.id,
    help: violation.help,
    where: violation.nodes.slice(0, 5).map(node => `${node.target.join(' ')} — ${node.failureSummary}`),
  }));
}
