//! Repositories of code that nobody wrote.

use std::fs;
use std::io;
use std::path::Path;

use rand::prelude::*;
use rand_chacha::ChaCha8Rng;

use crate::words::{Words, camel, frequent, sentence};

/// A language: ending of its files, the form of names, the sign of comments, and its lines. `$n` is a name, `$t` a type, `$d` a number,
/// `$s` a sentence.
struct Style {
    ending: &'static str,
    camel: bool,
    comment: &'static str,
    weight: u32,
    lines: &'static [&'static str],
}

const STYLES: &[Style] = &[
    Style {
        ending: "go",
        camel: true,
        comment: "// ",
        weight: 30,
        lines: &[
            "func (s *$t) $t(ctx context.Context, $n string) (*$t, error) {",
            "\t$n, err := s.$n.$t(ctx, $n)",
            "\tif err != nil {",
            "\t\treturn nil, fmt.Errorf(\"$s: %w\", err)",
            "\t}",
            "\tfor _, $n := range $n.$t {",
            "\t\t$n = append($n, $n.$t($d))",
            "\treturn &$t{$t: $n, $t: $n}, nil",
            "}",
            "",
            "type $t struct {",
            "\t$t map[string]*$t `json:\"$n,omitempty\"`",
            "\tlog.Info(\"$s\", \"$n\", $n)",
        ],
    },
    Style {
        ending: "rs",
        camel: false,
        comment: "// ",
        weight: 20,
        lines: &[
            "pub fn $n(&self, $n: &$t) -> Result<$t, Error> {",
            "    let $n = self.$n.$n($n)?;",
            "    if $n.is_empty() {",
            "        return Err(Error::$t(format!(\"$s: {$n}\")));",
            "    }",
            "    for $n in $n.iter().filter(|$n| $n.$n > $d) {",
            "        $n.push($t::$n($n.clone()));",
            "    Ok($t { $n, $n: $n.$n() })",
            "}",
            "",
            "#[derive(Debug, Clone)]",
            "impl $t for $t {",
            "    assert_eq!($n.$n(), Some($d));",
        ],
    },
    Style {
        ending: "ts",
        camel: true,
        comment: "// ",
        weight: 20,
        lines: &[
            "export const $n = async ($n: $t, $n?: $t): Promise<$t> => {",
            "  const { $n, $n } = await $n.$n($n);",
            "  if (!$n) {",
            "    throw new $tError(`$s ${$n}`);",
            "  }",
            "  return $n.map($n => ({ ...$n, $n: $n.$n }));",
            "};",
            "",
            "import { $t, $n } from '../$n/$n';",
            "export interface $t extends $t<$t> {",
            "  readonly $n: $t | undefined;",
        ],
    },
    Style {
        ending: "py",
        camel: false,
        comment: "# ",
        weight: 15,
        lines: &[
            "def $n(self, $n: $t, $n=None) -> $t:",
            "    $n = self.$n.$n($n, timeout=$d)",
            "    if not $n:",
            "        raise $tError(f\"$s {$n}\")",
            "    return [$n.$n for $n in $n if $n.$n is not None]",
            "",
            "class $t($t):",
            "    \"\"\"$s.\"\"\"",
            "    logger.debug(\"$s %s\", $n)",
        ],
    },
    Style {
        ending: "yaml",
        camel: true,
        comment: "# ",
        weight: 10,
        lines: &[
            "  $n: $n",
            "    - name: $n",
            "      value: \"$d\"",
            "metadata:",
            "  $n:",
            "    description: $s",
            "    image: registry.example.com/$n/$n:$d.$d.$d",
        ],
    },
    Style {
        ending: "md",
        camel: false,
        comment: "",
        weight: 5,
        lines: &["$s.", "$s, $s.", "", "## $s", "- `$n`: $s", "    $n --$n $d"],
    },
];

const LICENSE: &str = "\
Licensed under the Apache License, Version 2.0 (the \"License\");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at http://www.apache.org/licenses/LICENSE-2.0
Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an \"AS IS\" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.";

/// Writes `repositories` folders with so many files and bytes in all. The same numbers give the same files.
pub fn write(folder: &Path, repositories: usize, files: usize, bytes: usize) -> io::Result<()> {
    let words = Words::new();
    let mean = (bytes / files.max(1)) as f64;
    for repository in 0..repositories {
        let mut random = ChaCha8Rng::seed_from_u64(repository as u64);
        // A repository has names of its own, which its files share.
        let names: Vec<String> = (0..200).map(|_| words.name(&mut random)).collect();
        let root = folder
            .join(format!("org{:02}", repository % 40))
            .join(format!("{}-{repository}", names[0]));
        let count = files * (repository + 1) / repositories - files * repository / repositories;
        for number in 0..count {
            let style = style(&mut random);
            let inner = ["src", "internal", "lib", "pkg", "tests", "deploy", "docs"]
                .choose(&mut random)
                .copied()
                .unwrap_or("src");
            let path = root.join(inner).join(&names[frequent(&mut random, 20)]);
            fs::create_dir_all(&path)?;
            // Most files are small, some are ten times as large as the mean.
            let drawn: f64 = random.random();
            let size = mean * (0.1 - (1.0 - drawn).ln() * 0.9);
            let text = text(&mut random, &words, &names, style, size as usize);
            fs::write(
                path.join(format!(
                    "{}_{number}.{}",
                    names[frequent(&mut random, names.len())],
                    style.ending
                )),
                text,
            )?;
        }
    }
    Ok(())
}

fn style(random: &mut ChaCha8Rng) -> &'static Style {
    STYLES
        .choose_weighted(random, |style| style.weight)
        .unwrap_or(&STYLES[0])
}

fn text(random: &mut ChaCha8Rng, words: &Words, names: &[String], style: &Style, size: usize) -> String {
    // A file uses some names again and again, half of them its own.
    let local: Vec<String> = (0..60)
        .map(|_| {
            if random.random_bool(0.5) {
                names[frequent(random, names.len())].clone()
            } else {
                words.name(random)
            }
        })
        .collect();
    let mut text = String::with_capacity(size + 200);
    if random.random_bool(0.3) {
        LICENSE
            .lines()
            .for_each(|line| text.push_str(&format!("{}{line}\n", style.comment)));
    }
    while text.len() < size {
        if random.random_bool(0.15) {
            text.push_str(&format!("{}{}\n", style.comment, sentence(random)));
            continue;
        }
        let line = style.lines[random.random_range(0..style.lines.len())];
        let mut rest = line;
        while let Some(at) = rest.find('$') {
            text.push_str(&rest[..at]);
            filled(random, &local, style, &rest[at..], &mut text);
            rest = rest.get(at + 2..).unwrap_or("");
        }
        text.push_str(rest);
        text.push('\n');
    }
    text
}

fn filled(random: &mut ChaCha8Rng, local: &[String], style: &Style, sign: &str, text: &mut String) {
    let name = &local[frequent(random, local.len())];
    match sign.as_bytes().get(1) {
        Some(b'n') if style.camel => text.push_str(&camel(name, false)),
        Some(b'n') => text.push_str(name),
        Some(b't') => text.push_str(&camel(name, true)),
        Some(b'd') => text.push_str(
            &(1_usize << random.random_range(0..12))
                .saturating_sub(random.random_range(0..9))
                .to_string(),
        ),
        Some(b's') => text.push_str(&sentence(random)),
        _ => text.push_str("${"),
    }
}
