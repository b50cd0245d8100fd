//! Programming languages, by the names of files.
//!
//! Names and endings are those of GitHub Linguist where a file's name alone tells; of several languages with one ending the
//! more frequent one is taken.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// Name, other names, endings of file names, whole file names.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const TABLE: &[Row] = &[
    ("Ada", &[], &["adb", "ads"], &[]),
    ("Assembly", &["asm"], &["asm", "s"], &[]),
    ("Astro", &[], &["astro"], &[]),
    ("Batchfile", &["bat"], &["bat", "cmd"], &[]),
    ("Bicep", &[], &["bicep"], &[]),
    ("C", &[], &["c", "h"], &[]),
    ("C#", &["csharp"], &["cs", "csx"], &[]),
    (
        "C++",
        &["cpp"],
        &["cpp", "cc", "cxx", "hpp", "hh", "hxx", "inl", "ipp"],
        &[],
    ),
    ("CMake", &[], &["cmake"], &["CMakeLists.txt"]),
    ("CSS", &[], &["css"], &[]),
    ("CSV", &[], &["csv"], &[]),
    ("Clojure", &[], &["clj", "cljs", "cljc", "edn"], &[]),
    ("CoffeeScript", &[], &["coffee"], &[]),
    ("Common Lisp", &["lisp"], &["lisp", "cl", "el"], &[]),
    ("Crystal", &[], &["cr"], &[]),
    ("Cuda", &[], &["cu", "cuh"], &[]),
    ("D", &[], &["d"], &[]),
    ("Dart", &[], &["dart"], &[]),
    ("Diff", &[], &["diff", "patch"], &[]),
    (
        "Dockerfile",
        &["docker"],
        &["dockerfile"],
        &["Dockerfile", "Containerfile"],
    ),
    ("Elixir", &[], &["ex", "exs"], &[]),
    ("Elm", &[], &["elm"], &[]),
    ("Erlang", &[], &["erl", "hrl"], &[]),
    ("F#", &["fsharp"], &["fs", "fsi", "fsx"], &[]),
    ("Fortran", &[], &["f", "f90", "f95", "for"], &[]),
    ("GLSL", &[], &["glsl", "vert", "frag"], &[]),
    (
        "Git Config",
        &["gitattributes", "gitignore"],
        &[],
        &[".gitattributes", ".gitignore", ".gitmodules", ".gitconfig"],
    ),
    ("Go", &["golang"], &["go"], &[]),
    ("Go Module", &["gomod"], &[], &["go.mod", "go.work"]),
    ("GraphQL", &[], &["graphql", "gql"], &[]),
    ("Groovy", &[], &["groovy", "gvy"], &["Jenkinsfile"]),
    ("HCL", &["terraform"], &["tf", "tfvars", "hcl"], &[]),
    ("HTML", &[], &["html", "htm", "xhtml"], &[]),
    ("Handlebars", &[], &["hbs", "handlebars"], &[]),
    ("Haskell", &[], &["hs", "lhs"], &[]),
    ("INI", &[], &["ini", "cfg", "properties"], &[".editorconfig"]),
    (
        "JSON",
        &["jsonc"],
        &["json", "jsonc", "json5", "jsonl", "geojson", "webmanifest"],
        &[],
    ),
    ("Java", &[], &["java"], &[]),
    ("JavaScript", &["js"], &["js", "mjs", "cjs", "jsx"], &[]),
    ("Jinja", &["nunjucks"], &["j2", "jinja", "jinja2", "njk"], &[]),
    ("Jsonnet", &[], &["jsonnet", "libsonnet"], &[]),
    ("Julia", &[], &["jl"], &[]),
    ("Jupyter Notebook", &["ipynb"], &["ipynb"], &[]),
    ("Just", &["justfile"], &["just"], &["justfile", "Justfile"]),
    ("Kotlin", &[], &["kt", "kts"], &[]),
    ("Less", &[], &["less"], &[]),
    ("Lua", &[], &["lua"], &[]),
    (
        "Makefile",
        &["make"],
        &["mk", "mak"],
        &["Makefile", "makefile", "GNUmakefile"],
    ),
    ("Markdown", &["md"], &["md", "markdown", "mdx"], &[]),
    ("Meson", &[], &[], &["meson.build", "meson_options.txt"]),
    ("Nim", &[], &["nim"], &[]),
    ("Nix", &[], &["nix"], &[]),
    ("OCaml", &[], &["ml", "mli"], &[]),
    ("Objective-C", &["objc"], &["m", "mm"], &[]),
    ("PHP", &[], &["php", "phtml"], &[]),
    ("Pascal", &[], &["pas", "pp", "dpr"], &[]),
    ("Perl", &[], &["pl", "pm", "t"], &[]),
    ("PowerShell", &["pwsh"], &["ps1", "psm1", "psd1"], &[]),
    ("Protocol Buffer", &["protobuf", "proto"], &["proto"], &[]),
    ("Python", &["py"], &["py", "pyi", "pyw"], &[]),
    ("R", &[], &["r"], &[]),
    ("Rego", &["opa"], &["rego"], &[]),
    (
        "Ruby",
        &["rb"],
        &["rb", "rake", "gemspec", "erb"],
        &["Rakefile", "Gemfile", "Vagrantfile", "Podfile"],
    ),
    ("Rust", &["rs"], &["rs"], &[]),
    ("SQL", &[], &["sql", "psql"], &[]),
    ("SVG", &[], &["svg"], &[]),
    ("Sass", &["scss"], &["scss", "sass"], &[]),
    ("Scala", &[], &["scala", "sc", "sbt"], &[]),
    ("Scheme", &[], &["scm", "ss"], &[]),
    (
        "Shell",
        &["sh", "bash", "zsh"],
        &["sh", "bash", "zsh", "ksh", "fish", "bats"],
        &[".bashrc", ".zshrc", ".profile", ".envrc"],
    ),
    ("Smarty", &["gotmpl"], &["tpl", "tmpl", "gotmpl"], &[]),
    ("Solidity", &[], &["sol"], &[]),
    (
        "Starlark",
        &["bazel"],
        &["bzl", "star"],
        &["BUILD", "BUILD.bazel", "WORKSPACE", "MODULE.bazel", "Tiltfile"],
    ),
    ("Svelte", &[], &["svelte"], &[]),
    ("Swift", &[], &["swift"], &[]),
    ("TOML", &[], &["toml"], &[]),
    ("Tcl", &[], &["tcl"], &[]),
    ("TeX", &["latex"], &["tex", "sty", "cls"], &[]),
    (
        "Text",
        &["txt"],
        &["txt", "rst", "adoc", "asciidoc", "org"],
        &["LICENSE", "NOTICE", "AUTHORS", "README", "CODEOWNERS", "OWNERS"],
    ),
    ("TypeScript", &["ts"], &["ts", "tsx", "mts", "cts"], &[]),
    ("Typst", &[], &["typ"], &[]),
    ("V", &["vlang"], &["v"], &[]),
    ("VHDL", &[], &["vhd", "vhdl"], &[]),
    ("Verilog", &["systemverilog"], &["sv", "svh", "vh"], &[]),
    ("Vim Script", &["vim"], &["vim"], &[".vimrc"]),
    ("Visual Basic", &["vb"], &["vb", "bas", "vbs"], &[]),
    ("Vue", &[], &["vue"], &[]),
    ("WebAssembly", &["wat"], &["wat", "wast"], &[]),
    (
        "XML",
        &[],
        &[
            "xml", "xsd", "xsl", "xslt", "csproj", "vbproj", "fsproj", "props", "targets", "plist", "pom",
        ],
        &[],
    ),
    ("YAML", &["yml"], &["yaml", "yml"], &[]),
    ("Zig", &[], &["zig", "zon"], &[]),
];

static BY_NAME: LazyLock<HashMap<String, u8>> = LazyLock::new(|| {
    let rows = (0..=u8::MAX).zip(TABLE);
    rows.flat_map(|(number, row)| {
        let names = std::iter::once(&row.0).chain(row.1);
        names.map(move |name| (name.to_lowercase(), number))
    })
    .collect()
});
static BY_ENDING: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    let rows = (0..=u8::MAX).zip(TABLE);
    rows.flat_map(|(number, row)| row.2.iter().map(move |ending| (*ending, number)))
        .collect()
});
static BY_FILE: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    let rows = (0..=u8::MAX).zip(TABLE);
    rows.flat_map(|(number, row)| row.3.iter().map(move |file| (*file, number)))
        .collect()
});

/// A language. [`Display`](fmt::Display) writes its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(u8);

impl Language {
    /// The language of a name or another name, in any case.
    pub fn of_name(name: &str) -> Option<Self> {
        BY_NAME.get(&name.to_lowercase()).copied().map(Self)
    }

    /// The language of a file, by its path.
    pub fn of_path(path: &str) -> Option<Self> {
        let file = path.rsplit('/').next().unwrap_or(path);
        if let Some(found) = BY_FILE.get(file) {
            return Some(Self(*found));
        }
        let (stem, ending) = file.rsplit_once('.')?;
        // `Dockerfile.release` is one, too.
        let found = BY_ENDING
            .get(ending)
            .or_else(|| BY_ENDING.get(ending.to_ascii_lowercase().as_str()))
            .or_else(|| BY_FILE.get(stem));
        found.copied().map(Self)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        TABLE[usize::from(self.0)].0
    }

    /// All languages, by name.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).zip(TABLE).map(|(number, _)| Self(number))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
