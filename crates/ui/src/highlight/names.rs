//! What languages are called: in fences of Markdown, as Pygments and the editors have it, and by the endings of files.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::language::Language;

/// Names and endings, in small letters.
const NAMES: &[(Language, &str)] = &[
    (Language::Batch, "bat batch cmd dosbatch winbatch"),
    (Language::C, "c h arduino cuda objective-c objectivec objc m ino"),
    (Language::CSharp, "c# csharp cs csx"),
    (
        Language::Clojure,
        "clojure clj cljs cljc clojurescript edn lisp common-lisp elisp el scheme scm racket",
    ),
    (
        Language::Console,
        "console shell-session bash-session sh-session shellsession session ps1con powershell-session terminal",
    ),
    (Language::Cpp, "c++ cpp cc cxx hpp hh hxx"),
    (Language::Css, "css scss sass less"),
    (Language::Cue, "cue"),
    (Language::Dart, "dart"),
    (Language::Diff, "diff patch udiff"),
    (Language::Dockerfile, "dockerfile docker containerfile"),
    (Language::Elixir, "elixir ex exs heex iex"),
    (Language::Erlang, "erlang erl hrl"),
    (Language::Go, "go golang"),
    (Language::GraphQl, "graphql gql graphqls"),
    (Language::Groovy, "groovy gradle jenkins jenkinsfile gvy"),
    (Language::Haskell, "haskell hs elm purescript purs"),
    (Language::Hcl, "hcl terraform tf tfvars opentofu tofu nomad"),
    (
        Language::Html,
        "html html5 htm xhtml vue svelte astro jinja jinja2 j2 django html+jinja html+django htmldjango njk nunjucks twig liquid \
         handlebars hbs mustache erb ejs gotmpl go-template helm tpl tmpl",
    ),
    (Language::Http, "http https"),
    (
        Language::Settings,
        "ini cfg conf config properties java-properties dotenv env editorconfig systemd service desktop npmrc gitconfig",
    ),
    (Language::Java, "java"),
    (
        Language::JavaScript,
        "javascript js jsx mjs cjs node javascript+jinja",
    ),
    (
        Language::Json,
        "json jsonc json5 json-ld jsonld jsonl ndjson jsonnet libsonnet geojson webmanifest hjson",
    ),
    (Language::Julia, "julia jl"),
    (Language::Kotlin, "kotlin kt kts"),
    (Language::Latex, "latex tex"),
    (Language::Lua, "lua luau"),
    (Language::Makefile, "makefile make mf mk bsdmake"),
    (Language::Markdown, "markdown md mkd mdx qmd rmd"),
    (Language::Nginx, "nginx nginxconf"),
    (Language::Nix, "nix nixos"),
    (Language::OCaml, "ocaml ml mli f# fsharp fs fsx fsi"),
    (Language::Perl, "perl pl pm raku"),
    (Language::Php, "php php3 php4 php5 php7 php8"),
    (Language::PowerShell, "powershell pwsh posh ps1 psm1 psd1"),
    (Language::PromQl, "promql logql metricsql"),
    (Language::Proto, "proto protobuf proto3 thrift"),
    (
        Language::Python,
        "python py python3 py3 sage pyi pyx cython starlark bazel bzl star tilt tiltfile buck",
    ),
    (Language::PythonConsole, "pycon pycon3 python-console"),
    (Language::R, "r splus s rscript"),
    (Language::Rego, "rego opa"),
    (Language::Ruby, "ruby rb duby gemspec rake crystal cr podspec"),
    (Language::Rust, "rust rs"),
    (Language::Scala, "scala sbt sc"),
    (Language::Shell, "bash sh shell zsh ksh fish curl bats ash dash"),
    (Language::Solidity, "solidity sol"),
    (
        Language::Sql,
        "sql mysql postgres postgresql psql plpgsql pgsql sqlite sqlite3 tsql plsql hql bigquery snowflake ddl cql kql",
    ),
    (Language::Swift, "swift"),
    (Language::Toml, "toml"),
    (Language::TypeScript, "typescript ts tsx mts cts"),
    (
        Language::Xml,
        "xml svg xsd xsl xslt wsdl plist csproj vbproj fsproj nuspec pom rss atom",
    ),
    (
        Language::Yaml,
        "yaml yml docker-compose compose openapi ansible k8s kubernetes yaml+jinja salt sls",
    ),
    (Language::Zig, "zig"),
];

/// Files whose names say what they are, in small letters.
const FILES: &[(Language, &str)] = &[
    (Language::Dockerfile, "dockerfile containerfile"),
    (Language::Groovy, "jenkinsfile"),
    (
        Language::Json,
        ".babelrc .eslintrc .prettierrc composer.lock flake.lock pipfile.lock",
    ),
    (Language::Makefile, "makefile gnumakefile justfile"),
    (Language::Nginx, "nginx.conf"),
    (Language::Python, "build workspace tiltfile sconstruct snakefile"),
    (
        Language::Ruby,
        "gemfile rakefile vagrantfile podfile fastfile brewfile",
    ),
    (
        Language::Settings,
        ".env .gitconfig .editorconfig .npmrc .gitmodules .pylintrc .flake8",
    ),
    (
        Language::Shell,
        ".bashrc .zshrc .profile .bash_profile .envrc gradlew mvnw configure pkgbuild",
    ),
    (Language::Toml, "cargo.lock poetry.lock uv.lock pipfile"),
    (Language::Yaml, ".clang-format .yamllint"),
];

/// Endings that mean another language than the name does.
const ENDINGS: &[(Language, &str)] = &[(Language::Plain, "config conf s")];

type Lookup = HashMap<&'static str, Language>;

static BY_NAME: LazyLock<Lookup> = LazyLock::new(|| lookup(NAMES));
static BY_FILE: LazyLock<Lookup> = LazyLock::new(|| lookup(FILES));
static BY_ENDING: LazyLock<Lookup> = LazyLock::new(|| lookup(ENDINGS));

fn lookup(rows: &[(Language, &'static str)]) -> Lookup {
    let pairs = rows
        .iter()
        .flat_map(|(language, names)| names.split_ascii_whitespace().map(|name| (name, *language)));
    pairs.collect()
}

/// The language of a name in small letters.
pub(super) fn by_name(name: &str) -> Option<Language> {
    BY_NAME.get(name).copied()
}

/// The language of a file by its name in small letters: by all of it (`dockerfile.dev` is one, too), else by its ending.
pub(super) fn by_file(name: &str) -> Option<Language> {
    let whole = BY_FILE.get(name).copied();
    let before_dot = || {
        let (before, _) = name.split_once('.')?;
        let is_kind_of = matches!(
            before,
            "dockerfile" | "containerfile" | "makefile" | "jenkinsfile"
        );
        is_kind_of.then(|| by_name(before)).flatten()
    };
    let by_ending = || {
        let (_, ending) = name.rsplit_once('.')?;
        BY_ENDING.get(ending).copied().or_else(|| by_name(ending))
    };
    let is_environment = name.starts_with(".env.").then_some(Language::Settings);
    whole.or_else(before_dot).or(is_environment).or_else(by_ending)
}

/// Every language that has a name.
#[cfg(test)]
pub(super) fn languages() -> impl Iterator<Item = Language> {
    NAMES.iter().map(|(language, _)| *language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_languages() {
        for rows in [NAMES, FILES] {
            let names: Vec<&str> = rows
                .iter()
                .flat_map(|(_, names)| names.split_ascii_whitespace())
                .collect();
            for (at, name) in names.iter().enumerate() {
                assert!(!names[..at].contains(name), "{name}");
                assert_eq!(name.to_ascii_lowercase(), *name);
            }
        }
    }
}
