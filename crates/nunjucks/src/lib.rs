//! The `${{ }}` language of software templates: a closed subset of Nunjucks over JavaScript-like values. No IO.
