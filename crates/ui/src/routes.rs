//! The routes of the design system itself: assets, the theme and the gallery.

use axum::Form;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use plugin::{Rows, Rule};
use serde::Deserialize;

use crate::{Chrome, Theme, assets, gallery, href};

/// The rows for `/-/assets/*` and `/-/theme`, and `/-/gallery` when `with_gallery`.
pub fn rows(with_gallery: bool) -> Rows {
    let rows = Rows::new()
        // A page that refuses, or says that the portal still starts, needs its styles too.
        .get("/-/assets/{name}", Rule::anyone(), asset)
        .get("/favicon.ico", Rule::anyone(), async || {
            Redirect::permanent(&assets::ICON.href())
        })
        .post("/-/theme", Rule::signed_in(), choose_theme);
    if with_gallery {
        rows.get("/-/gallery", Rule::signed_in(), show_gallery)
    } else {
        rows
    }
}

async fn asset(Path(name): Path<String>) -> Response {
    let Some(asset) = assets::find(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, asset.media_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.text).into_response()
}

#[derive(Deserialize)]
struct ThemeForm {
    theme: String,
    #[serde(default)]
    r#return: String,
}

async fn choose_theme(Form(form): Form<ThemeForm>) -> Response {
    let Some(theme) = Theme::parse(&form.theme) else {
        return (StatusCode::BAD_REQUEST, "theme must be auto, light or dark").into_response();
    };
    let cookie = format!("theme={}; Path=/; Max-Age=31536000; SameSite=Lax", theme.as_str());
    let target = if href::is_local(&form.r#return) {
        form.r#return.as_str()
    } else {
        "/"
    };
    ([(SET_COOKIE, cookie)], Redirect::to(target)).into_response()
}

async fn show_gallery(chrome: Chrome, _uri: Uri) -> Response {
    gallery::gallery_page(chrome).into_response()
}
