//! The languages that have colours.

use super::families::{curly, data, functional, scripts, shells, systems, web};
use super::painter::Painter;
use super::syntax::Syntax;
use super::{console, css, diff, docker, engine, http, makefile, markdown, markup, names, settings, yaml};

/// How a text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Without colours.
    #[default]
    Plain,
    /// `cmd` of Windows.
    Batch,
    /// C and Objective-C.
    C,
    /// C#.
    CSharp,
    /// Clojure and other Lisps.
    Clojure,
    /// A session with a shell: prompts, commands, and what they print.
    Console,
    /// C++.
    Cpp,
    /// CSS, SCSS and Less.
    Css,
    /// CUE.
    Cue,
    /// Dart.
    Dart,
    /// A difference between files.
    Diff,
    /// A Dockerfile.
    Dockerfile,
    /// Elixir.
    Elixir,
    /// Erlang.
    Erlang,
    /// Go.
    Go,
    /// GraphQL schemas and operations.
    GraphQl,
    /// Groovy, Gradle and Jenkins.
    Groovy,
    /// Haskell and Elm.
    Haskell,
    /// Terraform and other HCL.
    Hcl,
    /// HTML, components of Vue and Svelte, and templates.
    Html,
    /// Messages of HTTP.
    Http,
    /// Java.
    Java,
    /// JavaScript and JSX.
    JavaScript,
    /// JSON, also with comments.
    Json,
    /// Julia.
    Julia,
    /// Kotlin.
    Kotlin,
    /// LaTeX.
    Latex,
    /// Lua.
    Lua,
    /// A Makefile.
    Makefile,
    /// Markdown.
    Markdown,
    /// The configuration of nginx.
    Nginx,
    /// Nix.
    Nix,
    /// OCaml and F#.
    OCaml,
    /// Perl.
    Perl,
    /// PHP.
    Php,
    /// PowerShell.
    PowerShell,
    /// Queries of Prometheus and Loki.
    PromQl,
    /// Protocol buffers.
    Proto,
    /// Python and Starlark.
    Python,
    /// A session with Python.
    PythonConsole,
    /// R.
    R,
    /// Rego.
    Rego,
    /// Ruby.
    Ruby,
    /// Rust.
    Rust,
    /// Scala.
    Scala,
    /// INI, properties and environments.
    Settings,
    /// Scripts of a shell.
    Shell,
    /// Solidity.
    Solidity,
    /// SQL.
    Sql,
    /// Swift.
    Swift,
    /// TOML.
    Toml,
    /// TypeScript and TSX.
    TypeScript,
    /// XML, for example WSDL.
    Xml,
    /// YAML.
    Yaml,
    /// Zig.
    Zig,
}

impl Language {
    /// The language that fences of Markdown call by this name, in capital or small letters; an unknown one is plain.
    pub fn of_name(name: &str) -> Self {
        names::by_name(&name.trim().to_ascii_lowercase()).unwrap_or_default()
    }

    /// The language of a file, by its name or the ending of it; an unknown one is plain.
    pub fn of_path(path: &str) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        names::by_file(&name.to_ascii_lowercase()).unwrap_or_default()
    }

    /// Colours all that the painter shows.
    pub(super) fn paint(self, painter: &mut Painter<'_>) {
        match self {
            Self::Plain => painter.pass(painter.rest().len()),
            Self::Console => console::paint(painter),
            Self::Shell if console::is_session(painter.rest()) => console::paint(painter),
            Self::PythonConsole => console::paint_python(painter),
            Self::Python if painter.rest().trim_start().starts_with(">>> ") => console::paint_python(painter),
            Self::Css => css::paint(painter),
            Self::Diff => diff::paint(painter),
            Self::Dockerfile => docker::paint(painter),
            Self::Html => markup::paint_html(painter),
            Self::Http => http::paint(painter),
            Self::Makefile => makefile::paint(painter),
            Self::Markdown => markdown::paint(painter),
            Self::Settings => settings::paint(painter),
            Self::Xml => markup::paint_xml(painter),
            Self::Yaml => yaml::paint(painter),
            table => {
                if let Some(syntax) = table.syntax() {
                    engine::paint(painter, syntax);
                }
            }
        }
    }

    fn syntax(self) -> Option<&'static Syntax> {
        let syntax: &Syntax = match self {
            Self::Batch => &shells::BATCH,
            Self::C => &systems::C,
            Self::CSharp => &curly::C_SHARP,
            Self::Clojure => &functional::CLOJURE,
            Self::Cpp => &systems::CPP,
            Self::Cue => &data::CUE,
            Self::Dart => &curly::DART,
            Self::Elixir => &functional::ELIXIR,
            Self::Erlang => &functional::ERLANG,
            Self::Go => &systems::GO,
            Self::GraphQl => &web::GRAPHQL,
            Self::Groovy => &curly::GROOVY,
            Self::Haskell => &functional::HASKELL,
            Self::Hcl => &data::HCL,
            Self::Java => &curly::JAVA,
            Self::JavaScript => &web::JAVASCRIPT,
            Self::Json => &data::JSON,
            Self::Julia => &scripts::JULIA,
            Self::Kotlin => &curly::KOTLIN,
            Self::Latex => &data::LATEX,
            Self::Lua => &scripts::LUA,
            Self::Nginx => &shells::NGINX,
            Self::Nix => &functional::NIX,
            Self::OCaml => &functional::OCAML,
            Self::Perl => &scripts::PERL,
            Self::Php => &web::PHP,
            Self::PowerShell => &shells::POWERSHELL,
            Self::PromQl => &data::PROMQL,
            Self::Proto => &web::PROTO,
            Self::Python => &scripts::PYTHON,
            Self::R => &scripts::R,
            Self::Rego => &data::REGO,
            Self::Ruby => &scripts::RUBY,
            Self::Rust => &systems::RUST,
            Self::Scala => &curly::SCALA,
            Self::Shell => &shells::SHELL,
            Self::Solidity => &systems::SOLIDITY,
            Self::Sql => &data::SQL,
            Self::Swift => &systems::SWIFT,
            Self::Toml => &data::TOML,
            Self::TypeScript => &web::TYPESCRIPT,
            Self::Zig => &systems::ZIG,
            _ => return None,
        };
        Some(syntax)
    }
}
