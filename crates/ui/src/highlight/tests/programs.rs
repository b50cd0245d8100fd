//! A few lines of programs, in each language, and the colours that they have.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
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
];
