// Makes up regular expressions, always the same, asks the engine of Node what each finds in a short text, and prints one line per case:
// source, flags, text, and the places with those of the groups, or null for what is no regular expression.
// Run with `npm run patterns`; the result is kept in the repository, and the tests do not need Node.
const ATOMS = String.raw`a b A ä Σ ς ſ k K s - . , \w \W \d \D \s \S \b \B ^ $ [ab] [^a] [a-cä] [\w-] [^\s,] [\d-a] [a-\d] [] [^] \n \. \/ \x61 \x6 \u0062 \u{2} \u00 \0 \1 \2 \3 \cJ \c \c1 \- ] } { {2} {,2} {a \8 \9 \101 \7 \08 🚀 [🚀] \ud83d [\ud800-\udfff] [\b] [\ca] [\c1] [\101] [\8] [b-a] [\s-a] \k \k<n> \k<m> \p{L} ß İ µ μ K ( ) [ * ? \ (?a) (?<) (?<1>a) [^\W] [\S\s] \t \v`.split(' ').concat([' ', '']);
const BRACKETS = ['(', '(', '(', '(?:', '(?=', '(?!', '(?<=', '(?<!', '(?<n>', '(?<m>'];
const QUANTIFIERS = ['', '', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?', '{1,}', '{0}', '{2,1}', '{,2}'];
const LETTERS = ['a', 'a', 'a', 'b', 'b', 'A', 'B', 'c', 'ä', 'Ä', 'σ', 'ς', 's', 'ſ', 'K', 'k', 'µ', 'ß', '1', '2', '-', ' ', '\n', ',', '.', '🚀', 'u', 'n', '\\', '{', '2', '}', '\u0001', '\u0000', '\u000a'];
const COUNT = 6000;

let state = 20240521;
function random(bound) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * bound);
}
const one = list => list[random(list.length)];

function pattern(depth) {
  const kind = depth === 0 ? 0 : random(5);
  if (kind < 2) return one(ATOMS) + one(QUANTIFIERS);
  if (kind === 2) return one(BRACKETS) + pattern(depth - 1) + ')' + one(QUANTIFIERS);
  if (kind === 3) return pattern(depth - 1) + '|' + pattern(depth - 1);
  return Array.from({ length: 1 + random(3) }, () => pattern(depth - 1)).join('');
}

function places(source, flags, text) {
  try {
    const found = [...text.matchAll(new RegExp(source, `${flags}gd`))];
    return found.map(match => [...match.indices].map(range => range ?? null));
  } catch {
    return null;
  }
}

for (let index = 0; index < COUNT; index += 1) {
  const source = pattern(4);
  const flags = one(['', '', 'i', 'm', 'im', 'y']);
  const text = Array.from({ length: random(9) }, () => one(LETTERS)).join('');
  const expected = places(source, flags, text);
  // Half of what is no regular expression says nothing new.
  if (source.length > 60 || (expected === null && index % 4)) continue;
  console.log(JSON.stringify([source, flags, text, expected]));
}
