//! `/tokens`: one's own access tokens; `/tokens/all`: those of service accounts and of everybody, for administrators.

use std::time::Instant;

use async_trait::async_trait;
use axum::Form;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use model::{Fault, FaultKind, Principal, Viewer};
use plugin::{Body, Place, RenderError, Rows, Rule, SettingsSection};
use serde::Deserialize;
use ui::{Chrome, PageHead};
use web::{ApiError, CurrentActor, CurrentViewer};

use super::api::{own, without_scopes};
use super::view::{self, TokenForm, TokensPage};
use super::wish::{self, Wish};
use super::{AccessTokens, Holder, Made, TOKENS_ADMINISTER};

/// The addresses of the pages.
pub(super) const OWN: &str = "/tokens";
pub(super) const ALL: &str = "/tokens/all";

static PLACE: Place = Place::new("tokens", "Access tokens", 20);

pub(super) fn rows(tokens: &AccessTokens) -> Rows {
    let administer = Rule::signed_in().needs(&TOKENS_ADMINISTER);
    Rows::new()
        .get(OWN, Rule::person(), show)
        .post(OWN, Rule::person(), make)
        .post("/tokens/revoke", Rule::person(), revoke)
        .get(ALL, administer, show_all)
        .post(ALL, administer, make_for_account)
        .post("/tokens/all/revoke", administer, revoke_any)
        .with_state(tokens)
}

/// The section of the settings page that leads to one's tokens.
pub(crate) struct TokensSection(pub AccessTokens);

#[async_trait]
impl SettingsSection for TokensSection {
    fn place(&self) -> &Place {
        &PLACE
    }

    async fn show(&self, viewer: Viewer, _: Instant) -> Result<Body, RenderError> {
        let Principal::Person { entity, .. } = &viewer.who else {
            return Ok(Body::Ours(view::section(None)));
        };
        let own = self.0.of(&Holder::Person(entity.clone())).await;
        let own = own.map_err(|fault| RenderError {
            message: fault.message,
            hint: Some("Reload the page in a moment.".to_owned()),
        })?;
        let now = self.0.clock.now();
        let good = own.iter().filter(|token| token.expires > now).count();
        Ok(Body::Ours(view::section(Some(good))))
    }
}

async fn show(
    State(tokens): State<AccessTokens>,
    CurrentViewer(viewer): CurrentViewer,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    let page = tokens.page(own(&viewer).ok(), OWN, TokenForm::default()).await?;
    Ok(shown(chrome, &page))
}

async fn make(
    State(tokens): State<AccessTokens>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentActor(actor): CurrentActor,
    chrome: Chrome,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, ApiError> {
    let holder = own(&viewer)?;
    let form = TokenForm::read(&fields);
    let made = match tokens.wish(&form) {
        Ok(wish) => tokens.make(holder.clone(), wish, actor).await,
        Err(fault) => Err(fault),
    };
    let page = tokens.page(Some(holder), OWN, form).await?;
    Ok(answer(chrome, page, made))
}

/// Which token is revoked.
#[derive(Deserialize)]
struct Revoked {
    id: String,
}

async fn revoke(
    State(tokens): State<AccessTokens>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentActor(actor): CurrentActor,
    Form(Revoked { id }): Form<Revoked>,
) -> Result<Response, ApiError> {
    tokens.revoke(&id, Some(&own(&viewer)?), actor).await?;
    Ok(Redirect::to(OWN).into_response())
}

async fn show_all(
    State(tokens): State<AccessTokens>,
    CurrentViewer(viewer): CurrentViewer,
    chrome: Chrome,
) -> Result<Response, ApiError> {
    without_scopes(&viewer)?;
    let page = tokens.page(None, ALL, TokenForm::default()).await?;
    Ok(shown(chrome, &page))
}

async fn make_for_account(
    State(tokens): State<AccessTokens>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentActor(actor): CurrentActor,
    chrome: Chrome,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, ApiError> {
    without_scopes(&viewer)?;
    let form = TokenForm::read(&fields);
    let wish = wish::account(&form.account).and_then(|account| Ok((account, tokens.wish(&form)?)));
    let made = match wish {
        Ok((account, wish)) => tokens.make(Holder::Account(account), wish, actor).await,
        Err(fault) => Err(fault),
    };
    let page = tokens.page(None, ALL, form).await?;
    Ok(answer(chrome, page, made))
}

async fn revoke_any(
    State(tokens): State<AccessTokens>,
    CurrentViewer(viewer): CurrentViewer,
    CurrentActor(actor): CurrentActor,
    Form(Revoked { id }): Form<Revoked>,
) -> Result<Response, ApiError> {
    without_scopes(&viewer)?;
    tokens.revoke(&id, None, actor).await?;
    Ok(Redirect::to(ALL).into_response())
}

impl AccessTokens {
    fn wish(&self, form: &TokenForm) -> Result<Wish, Fault> {
        let scopes = form.words();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        Wish::new(&form.name, &scopes, form.days, &self.scopes)
    }

    /// The page with the tokens of a holder, or with those of everybody.
    async fn page(
        &self,
        holder: Option<Holder>,
        address: &'static str,
        form: TokenForm,
    ) -> Result<TokensPage, Fault> {
        let tokens = match (&holder, address) {
            (Some(holder), _) => self.of(holder).await?,
            (None, ALL) => self.all().await?,
            (None, _) => Vec::new(),
        };
        Ok(TokensPage {
            is_of_all: address == ALL,
            can_make: holder.is_some() || address == ALL,
            tokens,
            form,
            made: None,
            error: None,
            plugins: self.scopes.plugins().map(str::to_owned).collect(),
            portal: self.address.to_string(),
            now: self.clock.now(),
        })
    }
}

/// The page after somebody asked for a token.
fn answer(chrome: Chrome, mut page: TokensPage, made: Result<Made, Fault>) -> Response {
    let status = match made {
        Ok(made) => {
            page.form = TokenForm::default();
            page.made = Some((made.token.name, made.text));
            StatusCode::OK
        }
        Err(fault) => {
            let status = match fault.kind() {
                FaultKind::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
                FaultKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                FaultKind::Conflict => StatusCode::CONFLICT,
                _ => StatusCode::BAD_REQUEST,
            };
            page.error = Some(fault.message);
            status
        }
    };
    let mut answer = shown(chrome, &page);
    *answer.status_mut() = status;
    answer
}

fn shown(chrome: Chrome, page: &TokensPage) -> Response {
    let title = view::title(page.is_of_all);
    let mut answer = chrome
        .page(PageHead::new(title), view::page(page))
        .into_response();
    // The text of a token is for one look.
    answer
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
