// Runs axe with every rule of WCAG 2.2 A and AA on, contrast included.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * The findings on the page as it is now: rule, elements and why. `without` names rules to leave out: those
 * that compare every element with its neighbours take minutes where there are thousands.
 */
export async function findings(page, { without = [] } = {}) {
  // The page's content security policy forbids foreign scripts; evaluating is not bound by it.
  await page.evaluate(source);
  const result = await page.evaluate(
    without =>
      globalThis.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        rules: Object.fromEntries(without.map(rule => [rule, { enabled: false }])),
      }),
    without,
  );
  return result.violations.map(violation => ({
    rule: violation.id,
    help: violation.help,
    where: violation.nodes.slice(0, 5).map(node => `${node.target.join(' ')} — ${node.failureSummary}`),
  }));
}
