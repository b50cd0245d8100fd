//! Samples of code in its colours.

use maud::html;

use super::Sample;
use crate::{Code, Language, code_block};

/// The title, which says the language, and the text.
const TEXTS: [(&str, &str); 15] = [
    (
        "session.console",
        "$ kubectl get pods -n shop --watch  # until it runs\nNAME         READY   STATUS\norders-5d8   1/1     Running\n",
    ),
    (
        "deploy.sh",
        "#!/bin/bash\nset -euo pipefail\nVERSION=\"v${TAG:-1.0}\"\nif [ -f \"$HOME/.env\" ]; then\n  source ~/.env && helm upgrade shop ./chart --set tag=$VERSION\nfi\n",
    ),
    (
        "orders.py",
        "@app.get(\"/orders/{id}\")\nasync def read(id: int) -> Order:\n    \"\"\"One order.\"\"\"\n    log.info(f\"order {id!r}\")  # for support\n    return None if id < 0x10 else Order(id, 'new')\n",
    ),
    (
        "orders.ts",
        "export async function read<T>(id: number): Promise<Order> {\n  const answer = await fetch(`/orders/${id}`); // may fail\n  return /^2/.test(`${answer.status}`) ? answer.json() : undefined;\n}\n",
    ),
    (
        "main.go",
        "func (s *Server) Run(ctx context.Context) error {\n\torders := make(chan string, 3) /* few */\n\treturn fmt.Errorf(\"no order: %w\", s.next(orders))\n}\n",
    ),
    (
        "lib.rs",
        "#[derive(Debug, Clone)]\npub struct Order<'a> { id: u32, name: &'a str }\n\nfn main() {\n    println!(\"{}\", r#\"an \"order\"\"#.len() + 1_000); // texts\n}\n",
    ),
    (
        "Order.java",
        "@Entity\npublic final class Order extends Base {\n  private String state = \"new\"; // or paid\n  long total() { return lines.stream().mapToLong(Line::price).sum(); }\n}\n",
    ),
    (
        "orders.sql",
        "-- paid ones\nSELECT u.name, count(*) FROM orders o\n  JOIN users u ON u.id = o.user_id WHERE state = 'paid' LIMIT 10;\n",
    ),
    (
        "Dockerfile",
        "FROM node:22 AS build\nENV NODE_ENV=production\nRUN npm ci && \\\n    npm run build -- --out \"$NODE_ENV\"\nCMD [\"node\", \"server.js\"]\n",
    ),
    (
        "main.tf",
        "resource \"aws_s3_bucket\" \"orders\" {\n  bucket = \"orders-${var.stage}\" # by stage\n  tags   = merge(local.tags, { public = false })\n}\n",
    ),
    (
        "fix.diff",
        "--- a/orders.yaml\n+++ b/orders.yaml\n@@ -1,3 +1,3 @@\n spec:\n-  lifecycle: experimental\n+  lifecycle: production\n",
    ),
    (
        "order.html",
        "<!-- an order -->\n<p class=\"order\" hidden>{{ order.name }} &amp; more</p>\n<script>const total = 3; // pieces</script>\n",
    ),
    (
        "order.css",
        ".order:hover > p { /* bright */\n  color: #1d53b8;\n  margin: calc(1px + var(--gap)) auto;\n}\n",
    ),
    (
        "pyproject.toml",
        "[project]\nname = \"orders\" # ours\nversion = \"1.0\"\nready = true\nretries = 3\n",
    ),
    (
        "README.md",
        "# Orders\n\n- made with `make` and [care](docs/care.md)\n\n```sh\nmake all # it is long\n```\n",
    ),
];

pub(super) fn samples() -> Vec<Sample> {
    let blocks = html! {
        @for (title, text) in TEXTS {
            (code_block(Code {
                title: Some(title),
                first_line: None,
                has_anchors: false,
                ..Code::new(text, language(title))
            }))
        }
    };
    vec![Sample::new("Code in its colours", blocks)]
}

fn language(title: &str) -> Language {
    match title.strip_suffix(".console") {
        Some(_) => Language::Console,
        None => Language::of_path(title),
    }
}
