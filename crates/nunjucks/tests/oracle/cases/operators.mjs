// Operators with their ranks, and what they make of values of other kinds.
const some = ['3', '"3"', '"x"', '""', 'true', 'none', 'missing', '[]', '[3]', '{}'];
const pairs = (operator, left, right) => left.flatMap(one => right.map(other => `\${{ ${one} ${operator} ${other} }}`));

const ranked = ['or', 'and', '==', '<', 'in', '~', '+', '-', '*', '/', '//', '%', '**'];

export const cases = [
  // Every operator beside every other one, so that their ranks show.
  ...ranked.flatMap(first => ranked.map(second => `\${{ 7 ${first} 3 ${second} ${second === 'in' ? '[true, 3, 10, 343]' : '2'} }}`)),
  ...ranked.flatMap(operator => [`\${{ not 7 ${operator} ${operator === 'in' ? '[7]' : '3'} }}`, `\${{ -7 ${operator} ${operator === 'in' ? '[-7]' : '3'} }}`, `\${{ "7" | int ${operator} ${operator === 'in' ? '[7]' : '3'} }}`, `\${{ 7 ${operator} ${operator === 'in' ? '[7] ' : '3'} | string }}`, `\${{ 7 ${operator} ${operator === 'in' ? '[7]' : '3'} if 1 else 0 }}`, `\${{ 7 is odd ${operator} ${operator === 'in' ? '[true]' : '3'} }}`, `\${{ 7 ${operator} 3 is odd }}`]),
  ...pairs('+', some, ['3', '"a"', 'none', 'missing', '[1]']),
  ...pairs('==', some, some),
  ...pairs('===', ['3', '"3"', 'none', 'missing'], ['3', '"3"', 'none', 'missing']),
  ...pairs('!=', ['3', '"3"', 'none'], ['3', '"3"', 'missing']),
  ...pairs('!==', ['3', 'none'], ['"3"', 'missing']),
  ...pairs('<', ['3', '"3"', '"b"', 'none', 'missing', 'true'], ['4', '"a"', 'none']),
  ...pairs('>=', ['3', '"b"', 'none'], ['3', '"a"', 'missing']),
  ...pairs('and', some, ['"right"']),
  ...pairs('or', some, ['"right"']),
  ...pairs('~', ['1', '"a"', 'none', 'missing', '[1, 2]', 'true', '{}'], ['2', '"b"']),
  ...some.map(one => `\${{ not ${one} }}`),
  ...some.map(one => `\${{ "then" if ${one} else "else" }}`),
  ...['5 - 2', '5 - "2"', '"a" - 1', '5 * 2', '"5" * "2"', '5 / 2', '5 / 0', '-5 / 0', '0 / 0', '5 // 2', '-5 // 2', '5 // 0', '5 % 3', '-5 % 3', '5 % 0', '2 ** 3', '2 ** 3 ** 2', '2 ** -1', '-2 ** 2', '(-2) ** 2', '+3', '+"3"', '-"3"', '- 3', '--3', '1 + 2 * 3', '(1 + 2) * 3', '10 - 2 - 3', '2 * 3 % 4', '7 // 2 * 2', '1 + 2 ~ 3', '1 ~ 2 + 3', '"a" ~ "b" ~ "c"', '1 < 2 < 3', '3 > 2 > 1', '1 == 1 == 1', '1 < 2 and 2 < 3', 'not 1 == 2', 'not true or true', 'not (true or true)', 'true or false and false', '1 if true', '1 if false', '"a" if 1 else "b" if 0 else "c"', '(1 if false else 2) + 1', '1 + 2 if true else 0', '!true', '1 && 2', '1 || 2', '1 ? 2 : 3', 'true and', '1 <> 2', '1 = 2', '5 & 1', '5 | 1'].map(text => `\${{ ${text} }}`),
  ...['"a" in "cab"', '"z" in "cab"', '"z" not in "cab"', '1 in [1, 2]', '"1" in [1, 2]', '3 not in [1, 2]', '"kind" in parameters.owner', '"nope" in parameters.owner', '"a" in parameters.letters', '1 in 5', '1 in none', '1 in missing', '"" in "abc"', '[1] in [[1]]', 'not "a" in "b"', 'parameters.name in ["Order Service"]'].map(text => `\${{ ${text} }}`),
  ...['parameters.yes and parameters.name', 'parameters.no or parameters.slug', 'parameters.nothing or parameters.empty or parameters.count', 'parameters.missing or "fallback"', 'parameters.zero or "zero"', 'parameters.none or "empty list"', 'parameters.count > 5 and parameters.name == "Order Service"', 'parameters.letters + parameters.numbers', 'parameters.letters ~ ""', 'parameters.owner ~ ""', 'parameters.letters == parameters.letters', 'parameters.letters == ["c", "a", "B"]', 'parameters.owner.name ~ "/" ~ parameters.slug', 'parameters.digits + 1', 'parameters.digits * 1', 'parameters.count + parameters.minus', 'parameters.count / 2', 'parameters.minus // 5', 'parameters.minus % 5'].map(text => `\${{ ${text} }}`),
];
