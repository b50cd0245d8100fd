// Errors with their line and column, in texts of several lines.
const wrongs = ['${{ nofn() }}', '${{ 1 | nofilter }}', '${{ 1 is notest }}', '${{ }}', '${{ 1 + }}', '${{ 1 2 }}', '${{ [1, }}', '${{ {a } }}', '${{ "a }}', '${{ a..b }}', '${{ a. }}', '${{ a[ }}', '${{ (1 }}', '${{ 1) }}', '${{ a.constructor }}', '${{ "a".nope() }}', '${{ parameters.nothing.x() }}', '{% if %}{% endif %}', '{% for %}{% endfor %}', '{% unknown %}', '{% include "a" %}', '${{ a | }}', '${{ a is }}', '${{ a if }}', '${{ not }}', '${{ {} | batch(2) }}', '${{ @ }}', '${{ a # b }}', '${{ ; }}', "${{ 'a' 'b' }}", '${{ {a: 1 b: 2} }}', '${{ a = 1 }}'];

export const cases = [
  ...wrongs.map(text => `a\nb  ${text}\nc`),
  '${{ parameters.people | groupby }}', '${{ "x" | int(1, 99) }}', '${{ range(1, 2, 3, 4) }}', '${{ "a".repeat(1e9) }}', '${{ cycler() }}', '${{ [1].at("x") }}', '${{ "a".split(none) }}', '${{ "abc".replace(none, "x") }}', '${{ parameters.letters.join(none) }}', '${{ "a" | replace(none, "b") }}', '${{ "abc" | truncate("x") }}', '${{ 5 | round("x") }}', '${{ 5 | default(fallback=1) }}', '${{ "a" | upper(x=1) }}', '${{ parameters.people | sort(attribute=5) }}', '${{ "🚀" }} ${{ nofn() }}', 'ä\r\nb ${{ nofn() }}', '\n\n\n   ${{ nofn() }}',
];
