// `is` with every test, and values of every kind.
const names = ['callable', 'defined', 'escaped', 'even', 'falsy', 'iterable', 'lower', 'mapping', 'null', 'none', 'number', 'odd', 'string', 'truthy', 'undefined', 'upper', 'boolean', 'float', 'integer', 'sequence', 'true', 'false'];
const values = ['parameters.name', 'parameters.count', 'parameters.letters', 'parameters.owner', 'parameters.nothing', 'parameters.missing'];

export const cases = [
  ...names.flatMap(name => values.map(value => `\${{ ${value} is ${name} }}`)),
  ...names.slice(0, 8).map(name => `\${{ parameters.name is not ${name} }}`),
  ...['9 is divisibleby(3)', '9 is divisibleby 3', '9 is divisibleby(2)', '9 is divisibleby', '3 is eq(3)', '3 is equalto("3")', '3 is sameas(3)', '3 is sameas 3', '"a" is sameas("a")', '[1] is sameas([1])', 'parameters.letters is sameas(parameters.letters)', '3 is ge(3)', '3 is gt(3)', '3 is greaterthan(2)', '3 is le(2)', '3 is lt(4)', '3 is lessthan(4)', '3 is ne(4)', '3 is ne 3', '"ABC" is upper', '"abc" is lower', '"aB" is lower', '"" is lower', '4 is even', '"4" is even', '4.5 is odd', '-3 is odd', '0 is falsy', '[] is falsy', '"" is truthy', '[] is truthy', 'range is callable', 'missing is callable', '"a" is escaped', 'not 4 is odd', '4 is odd or 4 is even', '4 is not odd and true', '4 is nope', '4 is not defined', 'parameters.x.y is defined', '(1 + 2) is odd', '1 + 2 is odd', '"a" is string and "b"', '{} is mapping', '[] is mapping', '"abc" is iterable', '{} is iterable', '5 is iterable'].map(text => `\${{ ${text} }}`),
];
