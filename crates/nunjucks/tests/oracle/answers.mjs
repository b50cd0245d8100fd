// What texts with expressions give in the engine of the original; reads and prints what examples/answers.rs says.
import { createInterface } from 'node:readline';
import { createTemplateRenderer } from 'nunjitsu';

/** Filters that the scaffolder adds. Here each gives its name and what it was given. */
const filters = Object.fromEntries(
  ['parseRepoUrl', 'parseEntityRef', 'pick', 'projectSlug'].map(name => [name, (...given) => ({ filter: name, given: given.map(one => one ?? null) })]),
);
const renderers = [false, true].map(cookiecutterCompat => createTemplateRenderer({ allowRegexExecution: true, cookiecutterCompat, filters }));

function answer({ text, context, cookiecutter }) {
  try {
    const value = renderers[Number(cookiecutter)].renderValue(text, context);
    if (value === undefined) return {};
    return { value: JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === 'string' ? inner.toWellFormed() : inner))) };
  } catch (error) {
    return { error: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) console.log(JSON.stringify(answer(JSON.parse(line))));
