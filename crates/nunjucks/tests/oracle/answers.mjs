// What texts with expressions give in the engine of the original; reads and prints what examples/answers.rs says.
import { createInterface } from 'node:readline';
import { createTemplateRenderer } from 'nunjitsu';

/** Filters that the scaffolder adds. Here each gives its name and what it was given. */
const filters = Object.fromEntries(
  ['parseRepoUrl', 'parseEntityRef', 'pick', 'projectSlug'].map(name => [name, (...given) => ({ filter: name, given: given.map(one => one ?? null) })]),
);
const renderers = [false, true].map(cookiecutterCompat => createTemplateRenderer({ allowRegexExecution: true, cookiecutterCompat, filters }));

function answer({ text, context, cookiecutter }, contexts) {
  try {
    const value = renderers[Number(cookiecutter)].renderValue(text, contexts[context]);
    if (value === undefined) return {};
    return { value: JSON.parse(JSON.stringify(value, (_, inner) => (typeof inner === 'string' ? inner.toWellFormed() : inner))) };
  } catch (error) {
    return { error: error.message };
  }
}

let contexts;
for await (const line of createInterface({ input: process.stdin })) {
  const read = JSON.parse(line);
  if (contexts) console.log(JSON.stringify(answer(read, contexts)));
  else contexts = read;
}
