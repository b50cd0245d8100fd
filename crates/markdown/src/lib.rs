//! Markdown as Python-Markdown and the extensions of documentation sites read it, to HTML. No IO.
