//! A page as a file: the article between navigation and contents, in the elements that the original's reader looks for.
//!
//! They are those of Material for MkDocs: `md-container`, `md-sidebar--primary` and `--secondary`, `md-content__inner`,
//! `md-footer`, and the label `__drawer`, from which the reader makes its own parts.

use markdown::escape;

use super::menu::Common;
use super::{STYLE, menu, relative};
use crate::site::{Rendered, Site, links};

/// Room for what stands around the article and the navigation of a page, in bytes.
const ROOM: usize = 8 << 10;

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
    // Written once, in its order: copies of all these parts would cost as much as the parts.
    let mut html = String::with_capacity(rendered.html.len() + common.menu_length() + ROOM);
    head(&head_title, &styles(site, &from), &mut html);
    html.push_str(&header(&name));
    html.push_str(
        "<div class=\"md-container\" data-md-component=\"container\">\n\
         <main class=\"md-main\" data-md-component=\"main\">\n<div class=\"md-main__inner md-grid\">\n",
    );
    primary(common, at, &name, &mut html);
    secondary(rendered, &mut html);
    html.push_str(
        "<div class=\"md-content\" data-md-component=\"content\">\n\
         <article class=\"md-content__inner md-typeset\">\n",
    );
    html.push_str(&edit.unwrap_or_default());
    html.push_str(&own_title.unwrap_or_default());
    site.write_with_published_addresses(&from, &rendered.html, &mut html);
    html.push_str("</article>\n</div>\n</div>\n</main>\n");
    html.push_str(&footer(site, common, at));
    html.push_str("</div>\n</body>\n</html>\n");
    html
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

fn head(title: &str, styles: &str, html: &mut String) {
    html.push_str(&format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <meta name=\"generator\" content=\"backstage\">\n<title>{title}</title>\n{styles}</head>\n\
         <body dir=\"ltr\">\n"
    ));
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

fn sidebar(side: &str, kind: &str, html: &mut String, inner: impl FnOnce(&mut String)) {
    html.push_str(&format!(
        "<div class=\"md-sidebar md-sidebar--{side}\" data-md-component=\"sidebar\" data-md-type=\"{kind}>\
         <div class=\"md-sidebar__scrollwrap\"><div class=\"md-sidebar__inner\">\n"
    ));
    inner(html);
    html.push_str("</div></div></div>\n");
}

fn primary(common: &Common, at: usize, name: &str, html: &mut String) {
    sidebar("primary", "navigation\"", html, |html| {
        html.push_str(&format!(
            "<nav class=\"md-nav md-nav--primary\" aria-label=\"Navigation\" data-md-level=\"0\">\
             <label class=\"md-nav__title\" for=\"__drawer\">{name}</label>\n"
        ));
        menu::navigation(common, at, html);
        html.push_str("</nav>\n");
    });
}

fn secondary(rendered: &Rendered, html: &mut String) {
    let contents = menu::contents(&rendered.headings);
    let (kind, title) = if contents.is_empty() {
        ("toc\" hidden", "")
    } else {
        let title = "<label class=\"md-nav__title\" for=\"__toc\"><span class=\"md-nav__icon md-icon\"></span>\
                     Table of contents</label>\n";
        ("toc\"", title)
    };
    sidebar("secondary", kind, html, |html| {
        html.push_str("<nav class=\"md-nav md-nav--secondary\" aria-label=\"Table of contents\">");
        html.push_str(title);
        html.push_str(&contents);
        html.push_str("</nav>\n");
    });
}

/// The pages before and after.
fn footer(site: &Site, common: &Common, at: usize) -> String {
    let step = |other: Option<usize>, rel: &str, word: &str| {
        let other = other.filter(|other| *other < site.pages.len())?;
        let href = relative(common.address(at), common.address(other));
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
