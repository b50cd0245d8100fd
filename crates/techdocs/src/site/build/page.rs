//! A page as a file: the article between navigation and contents, in the elements that the original's reader looks for.
//!
//! They are those of Material for MkDocs: `md-container`, `md-sidebar--primary` and `--secondary`, `md-content__inner`,
//! `md-footer`, and the label `__drawer`, from which the reader makes its own parts.

use markdown::escape;

use super::menu::Common;
use super::{STYLE, menu, relative};
use crate::site::{Rendered, Site, links};

/// The page.
pub(super) fn of(site: &Site, common: &Common, at: usize, rendered: &Rendered, edit: Option<&str>) -> String {
    let page = &site.pages[at];
    let from = site.address_of(at);
    let (title, name) = (escape(&page.title), escape(&site.name));
    let head_title = if name.is_empty() || name == title {
        title.clone()
    } else {
        format!("{title} - {name}")
    };
    let edit = edit.map(|edit| {
        format!(
            "<a href=\"{}\" title=\"Edit this page\" class=\"md-content__button md-icon\" rel=\"edit\">Edit</a>\n",
            escape(edit)
        )
    });
    let has_title = rendered.headings.iter().any(|heading| heading.level == 1);
    let own_title = (!has_title).then(|| format!("<h1>{title}</h1>\n"));
    let body = [
        header(&name),
        "<div class=\"md-container\" data-md-component=\"container\">\n\
         <main class=\"md-main\" data-md-component=\"main\">\n<div class=\"md-main__inner md-grid\">\n"
            .to_owned(),
        primary(site, common, at, &name),
        secondary(rendered),
        "<div class=\"md-content\" data-md-component=\"content\">\n\
         <article class=\"md-content__inner md-typeset\">\n"
            .to_owned(),
        edit.unwrap_or_default(),
        own_title.unwrap_or_default(),
        site.with_published_addresses(&from, &rendered.html),
        "</article>\n</div>\n</div>\n</main>\n".to_owned(),
        footer(site, common, at),
        "</div>\n".to_owned(),
    ];
    document(&head_title, &styles(site, &from), &body.concat())
}

/// A page that leads elsewhere.
pub(super) fn redirect(target: &str) -> String {
    let target = escape(target);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Moved</title>\n\
         <link rel=\"canonical\" href=\"{target}\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"0; url={target}\">\n</head>\n<body>\n\
         <article class=\"md-content__inner md-typeset\"><p>This page is at <a href=\"{target}\">{target}</a> now.</p></article>\n\
         </body>\n</html>\n"
    )
}

fn document(title: &str, styles: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta name=\"generator\" content=\"backstage\">\n<title>{title}</title>\n{styles}</head>\n\
         <body dir=\"ltr\">\n{body}</body>\n</html>\n"
    )
}

/// The styles of all pages, then those of the site, where it has such files.
fn styles(site: &Site, from: &str) -> String {
    let own = site.styles.iter().filter(|path| site.asset(path).is_some());
    let paths = std::iter::once(STYLE).chain(own.map(String::as_str));
    let link = |path: &str| {
        let href = relative(&links::encoded(from), &links::encoded(path));
        format!("<link rel=\"stylesheet\" href=\"{}\">\n", escape(&href))
    };
    paths.map(link).collect()
}

/// The switch of the navigation on narrow screens, and the name. The original's reader replaces the header.
fn header(name: &str) -> String {
    format!(
        "<input class=\"md-toggle\" data-md-toggle=\"drawer\" type=\"checkbox\" id=\"__drawer\" autocomplete=\"off\">\n\
         <label class=\"md-overlay\" for=\"__drawer\"></label>\n<header class=\"md-header\" data-md-component=\"header\">\
         <nav class=\"md-header__inner md-grid\" aria-label=\"Header\">\
         <label class=\"md-header__button md-icon\" for=\"__drawer\" aria-label=\"Navigation\">Menu</label>\
         <span class=\"md-header__title\">{name}</span></nav></header>\n"
    )
}

fn sidebar(side: &str, kind: &str, inner: &str) -> String {
    format!(
        "<div class=\"md-sidebar md-sidebar--{side}\" data-md-component=\"sidebar\" data-md-type=\"{kind}>\
         <div class=\"md-sidebar__scrollwrap\"><div class=\"md-sidebar__inner\">\n{inner}</div></div></div>\n"
    )
}

fn primary(site: &Site, common: &Common, at: usize, name: &str) -> String {
    let inner = format!(
        "<nav class=\"md-nav md-nav--primary\" aria-label=\"Navigation\" data-md-level=\"0\">\
         <label class=\"md-nav__title\" for=\"__drawer\">{name}</label>\n{}</nav>\n",
        menu::navigation(site, common, at)
    );
    sidebar("primary", "navigation\"", &inner)
}

fn secondary(rendered: &Rendered) -> String {
    let contents = menu::contents(&rendered.headings);
    let (kind, title) = if contents.is_empty() {
        ("toc\" hidden", "")
    } else {
        let title = "<label class=\"md-nav__title\" for=\"__toc\"><span class=\"md-nav__icon md-icon\"></span>\
                     Table of contents</label>\n";
        ("toc\"", title)
    };
    let nav = "<nav class=\"md-nav md-nav--secondary\" aria-label=\"Table of contents\">";
    sidebar("secondary", kind, &format!("{nav}{title}{contents}</nav>\n"))
}

/// The pages before and after.
fn footer(site: &Site, common: &Common, at: usize) -> String {
    let step = |other: Option<usize>, rel: &str, word: &str| {
        let other = other.filter(|other| *other < site.pages.len())?;
        let href = escape(&relative(common.address(at), common.address(other)));
        let title = escape(&site.pages[other].title);
        Some(format!(
            "<a href=\"{href}\" class=\"md-footer__link md-footer__link--{rel}\" rel=\"{rel}\" aria-label=\"{word}: {title}\">\
             <div class=\"md-footer__title\"><span class=\"md-footer__direction\">{word}</span>\
             <div class=\"md-ellipsis\">{title}</div></div></a>\n"
        ))
    };
    let previous = step(at.checked_sub(1), "prev", "Previous").unwrap_or_default();
    let next = step(Some(at + 1), "next", "Next").unwrap_or_default();
    let copyright = match site.copyright.as_str() {
        "" => String::new(),
        text => format!("<div class=\"md-copyright\">{}</div>\n", escape(text)),
    };
    format!(
        "<footer class=\"md-footer\">\n<nav class=\"md-footer__inner md-grid\" aria-label=\"Footer\">\n{previous}{next}</nav>\n\
         {copyright}</footer>\n"
    )
}
