//! Keys to press: `++ctrl+c++`, and `++"text"++`.

use super::Inline;
use crate::context::Context;
use crate::escape::escape;

/// Longest text between two marks, in bytes.
const MAX_BYTES: usize = 200;

/// Keys that are shown by something else than their name.
const SHOWN: [(&str, &str); 44] = [
    ("ctrl", "Ctrl"),
    ("control", "Ctrl"),
    ("alt", "Alt"),
    ("altgr", "AltGr"),
    ("alt-graph", "AltGr"),
    ("cmd", "Cmd"),
    ("command", "Cmd"),
    ("esc", "Esc"),
    ("escape", "Esc"),
    ("del", "Del"),
    ("delete", "Del"),
    ("ins", "Ins"),
    ("insert", "Ins"),
    ("win", "Win"),
    ("windows", "Win"),
    ("pg-up", "Page Up"),
    ("page-up", "Page Up"),
    ("pg-dn", "Page Down"),
    ("page-down", "Page Down"),
    ("prt-sc", "Print Screen"),
    ("print-screen", "Print Screen"),
    ("caps", "Caps Lock"),
    ("caps-lock", "Caps Lock"),
    ("left", "Left"),
    ("arrow-left", "Left"),
    ("arrow-right", "Right"),
    ("arrow-up", "Up"),
    ("arrow-down", "Down"),
    ("bksp", "Backspace"),
    ("backspace", "Backspace"),
    ("opt", "Option"),
    ("option", "Option"),
    ("return", "Return"),
    ("spc", "Space"),
    ("spacebar", "Space"),
    ("space", "Space"),
    ("plus", "+"),
    ("minus", "-"),
    ("slash", "/"),
    ("backslash", "\\"),
    ("comma", ","),
    ("period", "."),
    ("equal", "="),
    ("semicolon", ";"),
];

fn shown(key: &str) -> String {
    let name = key.to_lowercase();
    if let Some((_, shown)) = SHOWN.iter().find(|(written, _)| *written == name) {
        return (*shown).to_owned();
    }
    if let Some(text) = key.strip_prefix(['"', '\'']) {
        return text.trim_end_matches(['"', '\'']).to_owned();
    }
    let mut words = Vec::new();
    for word in name.split('-') {
        let mut letters = word.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        words.push(format!("{first}{}", letters.as_str()));
    }
    words.join(" ")
}

impl Inline<'_> {
    pub(super) fn keys(&mut self, context: &Context<'_, '_>) -> bool {
        let Some(rest) = self.rest().strip_prefix("++").filter(|_| context.options.keys) else {
            return false;
        };
        let mut most = rest.len().min(MAX_BYTES);
        while !rest.is_char_boundary(most) {
            most -= 1;
        }
        let Some(end) = rest[..most].find("++") else {
            return false;
        };
        let keys: Vec<&str> = rest[..end].split('+').collect();
        let is_key = |key: &&str| {
            let is_quoted = key.len() > 2 && key.starts_with(['"', '\'']) && key.ends_with(['"', '\'']);
            let is_name = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_');
            is_quoted || (!key.is_empty() && key.chars().all(is_name))
        };
        if !keys.iter().all(is_key) {
            return false;
        }
        let keys: Vec<String> = keys
            .iter()
            .map(|key| format!("<kbd>{}</kbd>", escape(&shown(key))))
            .collect();
        self.push_html(
            format!("<span class=\"keys\">{}</span>", keys.join("<span>+</span>")),
            end + 4,
        );
        true
    }
}
