//! A few lines in each language, and the colours that they have.

/// The language, the text, and the text with its colours: `k(name)` is a key, and so on.
pub(super) const SAMPLES: &[(&str, &str, &str)] = &[
    (
        "bash",
        r#"#!/bin/bash
set -euo pipefail # strict
VERSION="v${TAG:-1.0}"
if [ -f "$HOME/.env" ]; then
  source ~/.env && export A=1
fi
for f in *.yaml; do kubectl apply -f $f --for=x | grep done; done
DEBUG=1 ./run.sh --port 8080 \
  'plain $x' "cost $(date +%s)"
cat <<EOF >a.txt
hello $USER
EOF
make all && \
  npm ci
sudo curl https://a.b/c#d $(id -u)"#,
        r#"c(#!/bin/bash)
f(set) -euo pipefail c(# strict)
v(VERSION)=s("v)v(${TAG:-1.0})s(")
w(if) [ -f s(")v($HOME)s(/.env") ]; w(then)
  f(source) ~/.env && f(export) v(A)=n(1)
w(fi)
w(for) f w(in) *.yaml; w(do) f(kubectl) apply -f v($f) --for=x | f(grep) done; w(done)
v(DEBUG)=n(1) f(./run.sh) --port n(8080) \
  s('plain $x') s("cost )v($(date +%s))s(")
f(cat) s(<<EOF) >a.txt
s(hello )v($USER)
s(EOF)
f(make) all && \
  f(npm) ci
f(sudo) f(curl) https://a.b/c#d $(f(id) -u)"#,
    ),
    (
        "sh",
        r#"$ npm install --save # note
added 3 packages if any
$ echo "hi" \
    there"#,
        r#"c($ )f(npm) install --save c(# note)
added 3 packages if any
c($ )f(echo) s("hi") \
    there"#,
    ),
    (
        "console",
        r#"user@host:~/x$ make test
ok if done
PS C:\> Get-Item "a"
(venv) $ pip install x
# not a prompt"#,
        r#"c(user@host:~/x$ )f(make) test
ok if done
c(PS C:\> )f(Get-Item) s("a")
c((venv) $ )f(pip) install x
# not a prompt"#,
    ),
    (
        "pycon",
        r#">>> x = f"{a}" if a else None
... # more
'if x'"#,
        r#"c(>>>) x = s(f)s(")v({a})s(") w(if) a w(else) n(None)
c(...) c(# more)
'if x'"#,
    ),
    (
        "powershell",
        r#"<# block #>
$name = "World $env:USER"
Get-ChildItem -Path C:\ | Where-Object { $_.Length -gt 10 }
if ($x) { Write-Host 'a' } # note"#,
        r#"c(<# block #>)
v($name) = s("World )v($env:USER)s(")
f(Get-ChildItem) -Path C:\ | f(Where-Object) { v($_).Length -gt n(10) }
w(if) (v($x)) { f(Write-Host) s('a') } c(# note)"#,
    ),
    (
        "bat",
        r"@echo off
rem note
set A=%PATH%
if exist a.txt goto end",
        r"f(@echo) off
c(rem note)
f(set) A=v(%PATH%)
w(if) w(exist) a.txt w(goto) end",
    ),
    (
        "python",
        r#""""Doc
over lines."""
@app.get("/x", status=200)
async def read(id: int = 0x1F) -> dict[str, Any]:
    ...
    s = f"a {id!r} {{b}}" + r'\d' # note
    return None if self.match(s) else Item(1.5e-3, 'it\'s')"#,
        r#"s("""Doc)
s(over lines.""")
f(@app.get)(s("/x"), status=n(200))
w(async) w(def) f(read)(id: t(int) = n(0x1F)) -> t(dict)[t(str), t(Any)]:
    ...
    s = s(f)s("a )v({id!r})s( {{b}}") + s(r)s('\d') c(# note)
    w(return) n(None) w(if) w(self).f(match)(s) w(else) f(Item)(n(1.5e-3), s('it\'s'))"#,
    ),
    (
        "bazel",
        r#"load("@rules//a.bzl", "x")
x(name = "a", deps = [":b"], ok = True)"#,
        r#"w(load)(s("@rules//a.bzl"), s("x"))
f(x)(name = s("a"), deps = [s(":b")], ok = n(True))"#,
    ),
    (
        "javascript",
        r#"import { a } from 'x'; // note
const t = `a ${b + `c`} d`;
const re = /[/"']+\/x/gi, n = 10 / 2 / 1_000n;
return /^2/.test(x);
export default async function* f($el) { return <Box a="1">it</Box>; }"#,
        r#"w(import) { a } w(from) s('x'); c(// note)
w(const) t = s(`a )v(${b + `c`})s( d`);
w(const) re = s(/[/"']+\/x/gi), n = n(10) / n(2) / n(1_000n);
w(return) s(/^2/).f(test)(x);
w(export) w(default) w(async) w(function)* f(f)($el) { w(return) w(<Box) a=s("1")>itw(</Box)>; }"#,
    ),
    (
        "typescript",
        r"@Input() private readonly name?: string = undefined;
interface A<T> extends Array<string> { x: number }
type B = keyof typeof a; /* over
lines */ let c = new Map<string, B>();",
        r"f(@Input)() w(private) w(readonly) name?: t(string) = n(undefined);
w(interface) t(A)<t(T)> w(extends) t(Array)<t(string)> { x: t(number) }
w(type) t(B) = w(keyof) w(typeof) a; c(/* over)
c(lines */) w(let) c = w(new) t(Map)<t(string), t(B)>();",
    ),
    (
        "java",
        r#"package a.b; // note
@Override
public final class Main<T> extends Base {
  String s = "a\"b" + 'c' + '\u0041' + 1_000L;
  var t = """
    text "x"
    """; foo(null);
}"#,
        r#"w(package) a.b; c(// note)
f(@Override)
w(public) w(final) w(class) t(Main)<t(T)> w(extends) t(Base) {
  t(String) s = s("a\"b") + s('c') + s('\u0041') + n(1_000L);
  w(var) t = s(""")
s(    text "x")
s(    """); f(foo)(n(null));
}"#,
    ),
    (
        "kotlin",
        r#"data class A(val x: Int = 1) { fun f() = "a $x ${y.z}" /* a /* b */ c */ }"#,
        r#"w(data) w(class) f(A)(w(val) x: t(Int) = n(1)) { w(fun) f(f)() = s("a )v($x)s( )v(${y.z})s(") c(/* a /* b */ c */) }"#,
    ),
    (
        "scala",
        r#"case class A(x: Int) { def f = s"a $x" + "b $x" + 'c' }"#,
        r#"w(case) w(class) f(A)(x: t(Int)) { w(def) f = s(s)s("a )v($x)s(") + s("b $x") + s('c') }"#,
    ),
    (
        "groovy",
        r#"pipeline { agent any
  stages { sh "make ${X}" // note
  def m = (a =~ /x.*/) } }"#,
        r#"w(pipeline) { w(agent) any
  w(stages) { sh s("make )v(${X})s(") c(// note)
  w(def) m = (a =~ s(/x.*/)) } }"#,
    ),
    (
        "go",
        r#"package main
import "fmt"
func (s *Server) Run(ctx context.Context) error {
	ch := make(chan int, 3) // note
	s := `raw
\n` + "a\n" + 'x'
	return nil
}"#,
        r#"w(package) main
w(import) s("fmt")
w(func) (s *Server) f(Run)(ctx context.Context) t(error) {
	ch := f(make)(w(chan) t(int), n(3)) c(// note)
	s := s(`raw)
s(\n`) + s("a\n") + s('x')
	w(return) n(nil)
}"#,
    ),
    (
        "rust",
        r#"//! Doc
#[derive(Debug, Clone)]
pub struct A<'a> { x: &'a str, n: u32 }
fn main() -> Result<(), Error> {
    let s = r"a\"; let c = 'x'; let b = b"y";
    println!("{s}"); /* a /* b */ */ for i in 0..10 { f(1.0_f64, '\n', "two
lines") }
}"#,
        r#"c(//! Doc)
f(#[derive(Debug, Clone)])
w(pub) w(struct) t(A)<'a> { x: &'a t(str), n: t(u32) }
w(fn) f(main)() -> t(Result)<(), t(Error)> {
    w(let) s = s(r"a\"); w(let) c = s('x'); w(let) b = s(b)s("y");
    f(println)!(s("{s}")); c(/* a /* b */ */) w(for) i w(in) n(0)..n(10) { f(f)(n(1.0_f64), s('\n'), s("two)
s(lines")) }
}"#,
    ),
    (
        "c",
        r#"#include <stdio.h>
static int main(void) { char c = '\0'; printf("%d\n", 0xFFUL); return NULL; } // a"#,
        r#"w(#include) <stdio.h>
w(static) t(int) f(main)(t(void)) { t(char) c = s('\0'); f(printf)(s("%d\n"), n(0xFFUL)); w(return) n(NULL); } c(// a)"#,
    ),
    (
        "c++",
        r#"template <typename T> auto f(const std::vector<T>& v) -> bool {
  return R"(a "b")" != u8"c" && v.size() > 1.0f; }"#,
        r#"w(template) <w(typename) T> w(auto) f(f)(w(const) std::vector<T>& v) -> t(bool) {
  w(return) s(R"(a "b")") != s(u8)s("c") && v.f(size)() > n(1.0f); }"#,
    ),
    (
        "c#",
        r#"#region A
public async Task<string> F(int x) => $"a {x} {{b}}" + @"c:\" + 'd';"#,
        r#"w(#region) t(A)
w(public) w(async) t(Task)<t(string)> f(F)(t(int) x) => s($"a )v({x})s( {{b}}") + s(@"c:\") + s('d');"#,
    ),
    (
        "swift",
        r#"@State private var x: Int = 1
func f(_ a: String) -> String { "a \(a.count) b" }"#,
        r#"f(@State) w(private) w(var) x: t(Int) = n(1)
w(func) f(f)(_ a: t(String)) -> t(String) { s("a )v(\(a.count))s( b") }"#,
    ),
    (
        "dart",
        r"final s = 'a $x ${y.z}'; // note
Future<void> f() async => await g();",
        r"w(final) s = s('a )v($x)s( )v(${y.z})s('); c(// note)
t(Future)<t(void)> f(f)() w(async) => w(await) f(g)();",
    ),
    (
        "zig",
        r#"const x = @import("std"); // note
pub fn f() !void { const s = \\raw "x
; }"#,
        r#"w(const) x = f(@import)(s("std")); c(// note)
w(pub) w(fn) f(f)() !t(void) { w(const) s = s(\\raw "x)
; }"#,
    ),
    (
        "solidity",
        r"contract A { mapping(address => uint256) public x; }",
        r"w(contract) t(A) { w(mapping)(t(address) => t(uint256)) w(public) x; }",
    ),
    (
        "ruby",
        r#"require 'x'
class A < B
  attr_reader :name
  def f?(a, b: 1) = @x || "a #{a} b" # note
  text = <<~SQL
    select #{a}
  SQL
end"#,
        r#"w(require) s('x')
w(class) t(A) < t(B)
  w(attr_reader) n(:name)
  w(def) f(f?)(a, k(b): n(1)) = v(@x) || s("a )v(#{a})s( b") c(# note)
  text = s(<<~SQL)
s(    select #{a})
s(  SQL)
w(end)"#,
    ),
    (
        "perl",
        r#"use strict; # note
my @a = map { $_->{x} } keys %h;
print "a $x\n" if $s =~ /^a.*/;"#,
        r#"w(use) strict; c(# note)
w(my) v(@a) = f(map) { v($_)->{x} } f(keys) v(%h);
f(print) s("a )v($x)s(\n") w(if) v($s) =~ s(/^a.*/);"#,
    ),
    (
        "php",
        r#"<?php
namespace A\B; # note
#[Route("/x")]
public function f(?string $a): int { echo "a {$a['b']} $c"; return $this->x(1); }"#,
        r#"<?w(php)
w(namespace) t(A)\t(B); c(# note)
c(#[Route("/x")])
w(public) w(function) f(f)(?t(string) v($a)): t(int) { w(echo) s("a )v({$a['b']})s( )v($c)s("); w(return) v($this)->f(x)(n(1)); }"#,
    ),
    (
        "lua",
        r"local x = { a = 1 } -- note
--[[ over
lines ]] print([[raw]], 'a' .. x, nil)",
        r"w(local) x = { a = n(1) } c(-- note)
c(--[[ over)
c(lines ]]) f(print)(s([[raw]]), s('a') .. x, n(nil))",
    ),
    (
        "r",
        r#"x <- c(1, 2.5) # note
data.frame(a = TRUE, "b")"#,
        r#"x <- f(c)(n(1), n(2.5)) c(# note)
f(data.frame)(a = n(TRUE), s("b"))"#,
    ),
    (
        "julia",
        r#"f(x::Int) = "a $(x) $y" #= note =#"#,
        r#"f(f)(x::t(Int)) = s("a )v($(x))s( )v($y)s(") c(#= note =#)"#,
    ),
    (
        "haskell",
        r#"module Main where -- note
foldl' :: (a -> Int) -> Maybe a
main = do { putStrLn "a"; let c = 'x' in f' c } {- b -}"#,
        r#"w(module) t(Main) w(where) c(-- note)
foldl' :: (a -> t(Int)) -> t(Maybe) a
main = w(do) { putStrLn s("a"); w(let) c = s('x') w(in) f' c } c({- b -})"#,
    ),
    (
        "ocaml",
        r#"let f (x : int) = match x with 0 -> "a" | _ -> 'c' (* note *)"#,
        r#"w(let) f (x : t(int)) = w(match) x w(with) n(0) -> s("a") | _ -> s('c') c((* note *))"#,
    ),
    (
        "elixir",
        r#"defmodule A.B do
  @doc "a #{b}"
  def f(x, key: 1), do: {:ok, x |> Enum.map(&g!/1)} # note
end"#,
        r#"w(defmodule) t(A).t(B) w(do)
  v(@doc) s("a )v(#{b})s(")
  w(def) f(f)(x, k(key): n(1)), k(do): {n(:ok), x |> t(Enum).f(map)(&g!/n(1))} c(# note)
w(end)"#,
    ),
    (
        "erlang",
        r#"f(X) when X > 1 -> {ok, "a"}. % note"#,
        r#"f(f)(t(X)) w(when) t(X) > n(1) -> {ok, s("a")}. c(% note)"#,
    ),
    (
        "clojure",
        r#"(defn f [x] ; note
  (str "a" :key (+ x 1) nil))"#,
        r#"(w(defn) f [x] c(; note)
  (f(str) s("a") n(:key) (f(+) x n(1)) n(nil)))"#,
    ),
    (
        "nix",
        r#"{ pkgs, ... }: let x = 1; in pkgs.mkDerivation { # note
  pname = "a"; script = ''
    echo ${x}
  ''; }"#,
        r#"{ pkgs, ... }: w(let) k(x) = n(1); w(in) pkgs.mkDerivation { c(# note)
  k(pname) = s("a"); k(script) = s('')
s(    echo )v(${x})
s(  ''); }"#,
    ),
    (
        "sql",
        r"-- note
SELECT u.name, count(*) FROM users u WHERE id = $1 AND x = 'it''s' LIMIT 10;
create table A (id bigint primary key, ok boolean default true);",
        r"c(-- note)
w(SELECT) u.name, f(count)(*) w(FROM) users u w(WHERE) id = v($1) w(AND) x = s('it')s('s') w(LIMIT) n(10);
w(create) w(table) A (id t(bigint) w(primary) w(key), ok t(boolean) w(default) n(true));",
    ),
    (
        "graphql",
        r#""""
A user
"""
type User @key(fields: "id") { id: ID! # note
  posts(first: Int = 10): [Post!]! }
query Q($id: ID!) { user(id: $id) { name } }"#,
        r#"s(""")
s(A user)
s(""")
w(type) t(User) f(@key)(fields: s("id")) { id: t(ID)! c(# note)
  f(posts)(first: t(Int) = n(10)): [t(Post)!]! }
w(query) f(Q)(v($id): t(ID)!) { f(user)(id: v($id)) { name } }"#,
    ),
    (
        "proto",
        r#"syntax = "proto3"; /* a
b */ message A { repeated string x = 1; B b = 2; } // note"#,
        r#"w(syntax) = s("proto3"); c(/* a)
c(b */) w(message) t(A) { w(repeated) t(string) x = n(1); t(B) b = n(2); } c(// note)"#,
    ),
    (
        "json",
        r#"{ "a": 1.5e3, "b" : ["c", true, null], // note
  "d": "x\"y" }"#,
        r#"{ k("a"): n(1.5e3), k("b") : [s("c"), w(true), w(null)], c(// note)
  k("d"): s("x\"y") }"#,
    ),
    (
        "toml",
        r#"# note
[package.x]
name = "a" # b
when = 2024-01-01
"k" = ['c:\d', """e
f""", true]"#,
        r#"c(# note)
w([package.x])
k(name) = s("a") c(# b)
k(when) = n(2024-01-01)
k("k") = [s('c:\d'), s("""e)
s(f"""), w(true)]"#,
    ),
    (
        "hcl",
        r#"resource "aws_s3_bucket" "b" { # note
  name = "x-${var.env}"
  tags = { a = 1 == 2 ? true : null }
  user_data = <<-EOT
    echo ${var.x}
  EOT
}"#,
        r#"w(resource) s("aws_s3_bucket") s("b") { c(# note)
  k(name) = s("x-)v(${var.env})s(")
  k(tags) = { k(a) = n(1) == n(2) ? n(true) : n(null) }
  k(user_data) = s(<<-EOT)
s(    echo )v(${var.x})
s(  EOT)
}"#,
    ),
    (
        "cue",
        r#"#A: { name: string | *"x", n: >0 } // note"#,
        r#"f(#A): { k(name): t(string) | *s("x"), k(n): >n(0) } c(// note)"#,
    ),
    (
        "rego",
        r#"package a.b
import rego.v1
default allow := false # note
allow if { input.user == "x"; count(y) > 1 }"#,
        r#"w(package) a.b
w(import) rego.v1
w(default) allow := n(false) c(# note)
allow w(if) { t(input).user == s("x"); f(count)(y) > n(1) }"#,
    ),
    (
        "promql",
        r#"sum by (pod) (rate(http_requests_total{job="api", code=~"5.."}[5m])) > 0.5 # note"#,
        r#"f(sum) w(by) (pod) (f(rate)(http_requests_total{k(job)=s("api"), k(code)=~s("5..")}[n(5m)])) > n(0.5) c(# note)"#,
    ),
    ("latex", r"\section{A} % note", r"f(\section){A} c(% note)"),
    (
        "ini",
        r#"; note
[core]
name = a ${b}
on = true
port: 80
export X="a $b""#,
        r#"c(; note)
w([core])
k(name) = a v(${b})
k(on) = w(true)
k(port): n(80)
w(export )k(X)=s("a )v($b)s(")"#,
    ),
    (
        "dockerfile",
        r#"# syntax=docker/dockerfile:1
FROM --platform=linux/amd64 node:20 AS build
ENV A=1 B="x $A"
RUN apt-get update && \
    # why
    apt-get install -y "$PKG"
RUN <<EOF
echo hi
EOF
COPY --from=build /a /b
EXPOSE 8080
CMD ["node", "a.js"]"#,
        r#"c(# syntax=docker/dockerfile:1)
w(FROM) --platform=linux/amd64 node:20 w(AS) build
w(ENV) v(A)=n(1) v(B)=s("x )v($A)s(")
w(RUN) f(apt-get) update && \
    c(# why)
    f(apt-get) install -y s(")v($PKG)s(")
w(RUN) s(<<EOF)
s(echo hi)
s(EOF)
w(COPY) --from=build /a /b
w(EXPOSE) n(8080)
w(CMD) [s("node"), s("a.js")]"#,
    ),
    (
        "makefile",
        r#"CC ?= gcc # c
.PHONY: all
all: $(OBJ)
	@echo "a $(CC)" $@
ifeq ($(X),y)
endif"#,
        r#"v(CC) ?= gccc( # c)
f(.PHONY): all
f(all): v($(OBJ))
	@f(echo) s("a )v($(CC))s(") v($@)
w(ifeq) (v($(X)),y)
w(endif)"#,
    ),
    (
        "nginx",
        r"server { # note
  listen 80 default_server;
  location ~ ^/a { proxy_pass http://b:80$request_uri; gzip on; }
}",
        r"w(server) { c(# note)
  w(listen) n(80) default_server;
  w(location) ~ ^/a { w(proxy_pass) http://b:80v($request_uri); w(gzip) n(on); }
}",
    ),
    (
        "http",
        r#"POST /a?b=1 HTTP/1.1
Content-Type: application/json

{"a": 1}

HTTP/1.1 404 Not Found"#,
        r#"w(POST) /a?b=1 HTTP/1.1
k(Content-Type): application/json

{k("a"): n(1)}

w(HTTP/1.1) n(404) Not Found"#,
    ),
    (
        "diff",
        r"diff --git a/x b/x
--- a/x
+++ b/x
@@ -1,2 +1,2 @@ fn a
 same
-old <b>
+new",
        r"w(diff --git a/x b/x)
w(--- a/x)
w(+++ b/x)
v(@@ -1,2 +1,2 @@) fn a
 same
d(-old <b>)
i(+new)",
    ),
    (
        "css",
        r#"/* note
*/ @import "a";
.a:hover > div#b, a::before { color: #fff; margin: 1.5em auto; background: url("x"); --c: var(--d) }
$x: 1px; .n { &:focus { width: calc(1px + $x) } }"#,
        r#"c(/* note)
c(*/) w(@import) s("a");
f(.a)f(:hover) > t(div)f(#b), t(a)f(::before) { k(color): n(#fff); k(margin): n(1.5em) auto; k(background): f(url)(s("x")); k(--c): f(var)(v(--d)) }
v($x): n(1px); f(.n) { f(&)f(:focus) { k(width): f(calc)(n(1px) + v($x)) } }"#,
    ),
    (
        "html",
        r#"<!DOCTYPE html>
<!-- a
b --><p class="x" hidden>a &amp; {{ b }} {% if c %}</p>
<script lang="ts">let a: string = '<b>';</script><style>a { b: 1px }</style>"#,
        r#"c(<!DOCTYPE html>)
c(<!-- a)
c(b -->)w(<p) k(class)=s("x") k(hidden)w(>)a n(&amp;) v({{ b }}) v({% if c %})w(</p)w(>)
w(<script) k(lang)=s("ts")w(>)w(let) a: t(string) = s('<b>');w(</script)w(>)w(<style)w(>)t(a) { k(b): n(1px) }w(</style)w(>)"#,
    ),
    (
        "xml",
        r#"<?xml version="1.0"?>
<a:b c='d' e="f
g"><![CDATA[<x>]]>h</a:b>"#,
        r#"c(<?xml version="1.0"?>)
w(<a:b) k(c)=s('d') k(e)=s("f)
s(g")w(>)s(<![CDATA[<x>]]>)hw(</a:b)w(>)"#,
    ),
    (
        "markdown",
        r#"---
title: A
---
# Head `x`
- item with `code` and [link](https://a.b) <b>c</b>
1. one {{ x }}
> quote

```python title="a"
def f(): pass # note
```
!!! note "A"
<!-- c -->"#,
        r#"c(---)
k(title): A
c(---)
w(# Head `x`)
w(-) item with s(`code`) and [link](k(https://a.b)) w(<b)w(>)cw(</b)w(>)
w(1.) one v({{ x }})
w(>) quote

c(```python title="a")
w(def) f(f)(): w(pass) c(# note)
c(```)
w(!!! note "A")
c(<!-- c -->)"#,
    ),
    (
        "yaml",
        r#"# note
a-b: "x" # y
- c: 'it''s'   
  d: it's 5 o'clock
  "e": [true, 1.5, 2024-01-01T10:00:00Z, 7fd1a60]
  f: &anchor !tag https://a.b/c#d
  g: {{ .Values.x }}"#,
        r#"c(# note)
k(a-b): s("x") c(# y)
- k(c): s('it''s')   
  k(d): it's n(5) o'clock
  k("e"): [w(true), n(1.5), n(2024-01-01T10:00:00Z), 7fd1a60]
  k(f): w(&anchor) w(!tag) https://a.b/c#d
  k(g): {{ .Values.x }}"#,
    ),
];
