//! The routes of the design system itself: assets, the theme and the gallery.

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use crate::{Chrome, Theme, assets, gallery, href};

/// Serves `/-/assets/*` and `/-/theme`, and `/-/gallery` when `with_gallery`.
pub fn router(with_gallery: bool) -> Router {
    let router = Router::new()
        .route("/-/assets/{name}", get(asset))
        .route("/-/theme", post(choose_theme))
        .route(
            "/favicon.ico",
            get(|| async { Redirect::permanent(&assets::ICON.href()) }),
        );
    if with_gallery {
        router.route("/-/gallery", get(show_gallery))
    } else {
        router
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
