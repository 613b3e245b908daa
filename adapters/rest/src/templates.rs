//! Kickstarts: checked, made from YAML, and those of the site to choose from.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::asked::{Json, Of, content_type, read};
use crate::caller::Caller;
use crate::order::{Configuration, generated};
use crate::problem::{Mistake, Problem};
use crate::routes::Routes;
use crate::service::Rest;

/// The longest kickstart that is checked, in bytes.
const LONGEST: usize = 10 << 20;
/// So many findings are told.
const MOST: usize = 1_000;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .routes(routes!(check))
        .routes(routes!(generate))
        .routes(routes!(templates))
        .routes(routes!(template))
        .routes(routes!(features))
}

/// What is wrong with a kickstart, or looks so.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Findings {
    /// Whether it would be built.
    is_good: bool,
    /// In the order of lines; 1000 at most.
    findings: Vec<Finding>,
}

/// One thing.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Finding {
    /// `error` or `warning`.
    severity: &'static str,
    /// A word for what it is; programs may compare it.
    code: String,
    /// What is wrong.
    message: String,
    /// What may be meant instead.
    help: Option<String>,
    /// The line, counted from 1.
    line: usize,
    /// The column in characters, counted from 1.
    column: usize,
}

/// Says what is wrong with a kickstart; nothing is recorded.
#[utoipa::path(post, path = "/kickstarts/check", tag = "kickstarts",
    request_body(content = String, content_type = "text/plain"), responses((status = 200, body = Findings)))]
pub(crate) async fn check(
    Caller(person): Caller,
    State(rest): State<Arc<Rest>>,
    request: Request,
) -> Result<Answer<Findings>, Problem> {
    if content_type(request.headers()) != "text/plain" {
        return Err(Problem::wrong_type("a kickstart is text/plain"));
    }
    let headers = request.headers().clone();
    let text = rest.in_turn(&person.name, &headers, read(request.into_body(), LONGEST)).await?;
    let findings = move || {
        let found = crate::order::checked(&text);
        let is_good = !found.iter().any(img_kickstart::Diagnostic::is_error);
        let findings = found.into_iter().take(MOST).map(|found| Finding {
            severity: if found.is_error() { "error" } else { "warning" },
            code: found.code.to_string(),
            message: found.message.clone(),
            help: found.help.clone(),
            line: found.line,
            column: found.column,
        });
        Findings { is_good, findings: findings.collect() }
    };
    crate::order::apart(findings).await.map(Answer)
}

/// A kickstart that was made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Made {
    /// The name of the configuration.
    name: String,
    /// What its file would be called.
    file: String,
    /// The text.
    kickstart: String,
    /// The processor it names.
    arch: Option<String>,
}

/// Makes a kickstart from YAML; nothing is recorded.
#[utoipa::path(post, path = "/kickstarts/generate", tag = "kickstarts", request_body = Configuration,
    responses((status = 200, body = Made)))]
pub(crate) async fn generate(
    _: Caller,
    Json(configuration): Json<Configuration>,
) -> Result<Answer<Made>, Problem> {
    let made = crate::order::apart(move || generated(&configuration)).await?;
    match made {
        Ok(made) => Ok(Answer(Made {
            file: format!("{}.ks", made.file_name()),
            name: made.name,
            kickstart: made.kickstart,
            arch: made.architecture,
        })),
        Err(wrong) => {
            Err(Problem::mistakes(wrong.into_iter().map(|why| Mistake::of("files", why)).collect()))
        }
    }
}

/// A kickstart to choose, with what it says of itself.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TemplateView {
    /// Its file, by which it is chosen.
    file: String,
    /// What it is called in a list.
    display_name: Option<String>,
    /// Which repositories of features fit.
    kickstart_type: Option<String>,
    /// The processor it suggests.
    arch: Option<String>,
    /// The form of the image it suggests.
    image_type: Option<String>,
    /// The features it suggests.
    features: Vec<String>,
    /// The tokens in it.
    tokens: Vec<String>,
    /// What is wrong with it.
    errors: Vec<String>,
}

/// Lists the templates of the site.
#[utoipa::path(get, path = "/templates", tag = "kickstarts", responses((status = 200, body = Vec<TemplateView>)))]
pub(crate) async fn templates(
    _: Caller,
    State(rest): State<Arc<Rest>>,
) -> Result<Answer<Vec<TemplateView>>, Problem> {
    let offers = rest.offers.templates().await.map_err(crate::order::unreadable)?;
    let view = |offer: imaging::TemplateOffer| TemplateView {
        file: offer.file,
        display_name: offer.display_name,
        kickstart_type: offer.kickstart_type,
        arch: offer.architecture,
        image_type: offer.image_type,
        features: offer.features,
        tokens: offer.tokens,
        errors: offer.errors,
    };
    Ok(Answer(offers.into_iter().map(view).collect()))
}

/// Returns the text of a template.
#[utoipa::path(get, path = "/templates/{file}", tag = "kickstarts", params(
    ("file" = String, Path, description = "Its file"),
), responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn template(
    _: Caller,
    State(rest): State<Arc<Rest>>,
    Of(file): Of<String>,
) -> Result<Response, Problem> {
    let text = rest.offers.template(&file).await.map_err(crate::order::unreadable)?;
    text.map(IntoResponse::into_response)
        .ok_or_else(|| Problem::missing(format!("there is no template {file:?}")))
}

/// Something a person may choose to have in an image.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeatureView {
    /// Its name, by which it is chosen.
    name: String,
    /// What a person gets.
    description: String,
    /// The packages it brings; `@name` is a group.
    packages: Vec<String>,
    /// The repositories it brings.
    repos: Vec<String>,
}

/// Lists the features of the site.
#[utoipa::path(get, path = "/features", tag = "kickstarts", responses((status = 200, body = Vec<FeatureView>)))]
pub(crate) async fn features(
    _: Caller,
    State(rest): State<Arc<Rest>>,
) -> Result<Answer<Vec<FeatureView>>, Problem> {
    let features = rest.offers.features().await.map_err(crate::order::unreadable)?;
    let view = |feature: imaging::Feature| FeatureView {
        name: feature.name,
        description: feature.description,
        packages: feature.pattern.iter().map(|group| format!("@{group}")).chain(feature.packages).collect(),
        repos: feature.repos.into_iter().map(|repo| repo.name).collect(),
    };
    Ok(Answer(features.into_iter().map(view).collect()))
}
