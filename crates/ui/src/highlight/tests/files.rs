//! A few lines of sessions, data and files of tools, in each language, and the colours that they have.

use super::Sample;

pub(super) const SAMPLES: &[Sample] = &[
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
