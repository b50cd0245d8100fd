// Asks the engine of the original (npm package nunjitsu) what each text of cases/*.mjs gives, and prints one line per case.
// Run with `npm install && npm run make`; the result is kept in the repository, and the tests do not need Node.
import { createTemplateRenderer } from 'nunjitsu';
import { context } from './context.mjs';
import * as cookiecutter from './cases/cookiecutter.mjs';
import * as errors from './cases/errors.mjs';
import * as filters from './cases/filters.mjs';
import * as methods from './cases/methods.mjs';
import * as operators from './cases/operators.mjs';
import * as statements from './cases/statements.mjs';
import * as tests from './cases/tests.mjs';
import * as texts from './cases/texts.mjs';
import * as whitespace from './cases/whitespace.mjs';

const areas = { cookiecutter, errors, filters, methods, operators, statements, tests, texts, whitespace };

/** What the engine makes of a text: its value, nothing at all, or an error with its place. */
function answer(text, options) {
  const renderer = createTemplateRenderer({ allowRegexExecution: true, ...options });
  try {
    const value = renderer.renderValue(text, context);
    return value === undefined ? {} : { value: plain(value) };
  } catch (error) {
    const { line, column } = error;
    return { error: { line, column, text: error.message.replace(/^Template error at line \d+, column \d+: /, '') } };
  }
}

/** As JSON shows it: no number beyond the finite ones, and half of a pair of code units as a replacement character. */
function plain(value) {
  return JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === 'string' ? inner.toWellFormed() : inner)));
}

console.log(JSON.stringify({ context }));
const seen = new Set();
for (const [area, { cases }] of Object.entries(areas)) {
  for (const one of cases) {
    const { text, options } = typeof one === 'string' ? { text: one } : one;
    const key = JSON.stringify([text, options]);
    if (seen.has(key)) continue;
    seen.add(key);
    console.log(JSON.stringify({ area, text, ...(options && { options }), ...answer(text, options) }));
  }
}
