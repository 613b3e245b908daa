//! `/submit` and `/job/ID/retry`: asking for an image.
//!
//! What was typed is kept until the order is taken; all that is wrong is told at once, each beside its field, and what is
//! wrong with a kickstart at its lines.

mod annotated;
mod fields;
mod form;
mod projects;
mod shop;
mod typed;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use imaging::{Desk, ImageId, NewJob, now_ms};
use rest::{Mistake, Problem, Rest, complete};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use self::fields::Fields;
use self::form::Form;
use self::shop::Shop;
use self::typed::Typed;
use crate::job::OfJob;
use crate::routes::Pages;
use crate::show::refused;
use crate::trouble::{Trouble, see};
use crate::visitor::Visitor;

pub(crate) fn routes() -> Pages {
    Router::new()
        .route("/submit", get(ask).post(submit))
        .route("/job/{id}/retry", get(ask_again).post(retry))
        .layer(DefaultBodyLimit::disable()) // `Fields` has a limit of its own
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wanted {
    template: String,
}

async fn ask(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Trouble> {
    Desk::may_submit(&visitor.person)?;
    let shop = Shop::of(&rest, &wanted.template).await?;
    if !wanted.template.is_empty() && shop.template.is_none() {
        return Err(Problem::missing("there is no such template any more: choose another").into());
    }
    let typed = Typed::first(&shop);
    Ok(Form::new(visitor.bar("submit"), shop, typed).shown())
}

async fn ask_again(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
) -> Result<Response, Trouble> {
    let draft = rest.desk.draft(&visitor.person, &id).await?;
    let shop = Shop::of(&rest, "").await?;
    let typed = Typed::of_job(&draft, &shop);
    Ok(Form::new(visitor.bar("queue"), shop, typed).again_for(&id).shown())
}

async fn submit(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    request: Request,
) -> Result<Response, Trouble> {
    Desk::may_submit(&visitor.person)?;
    let fields = Fields::read(&rest, &visitor.person.name, request).await?;
    let shop = Shop::of(&rest, fields.text("template")).await?;
    let typed = Typed::read(&fields, &shop);
    let sent = match taken(&rest, &visitor, &typed, &fields, &shop, NewJob::default()).await {
        Ok(job) => rest.desk.submit(&visitor.person, job, now_ms()).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    answer(&rest, sent, Form::new(visitor.bar("submit"), shop, typed)).await
}

async fn retry(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
    request: Request,
) -> Result<Response, Trouble> {
    let draft = rest.desk.draft(&visitor.person, &id).await?;
    let fields = Fields::read(&rest, &visitor.person.name, request).await?;
    let shop = Shop::of(&rest, "").await?;
    let typed = Typed::read(&fields, &shop);
    let sent = match taken(&rest, &visitor, &typed, &fields, &shop, draft).await {
        Ok(job) => rest.desk.retry(&visitor.person, &id, job, now_ms()).await.map_err(Problem::from),
        Err(problem) => Err(problem),
    };
    answer(&rest, sent, Form::new(visitor.bar("queue"), shop, typed).again_for(&id)).await
}

/// Completes what was typed, and names the request: the same form sent twice is one, a form that was changed another.
async fn taken(
    rest: &Rest,
    visitor: &Visitor,
    typed: &Typed,
    fields: &Fields,
    shop: &Shop,
    draft: NewJob,
) -> Result<NewJob, Problem> {
    let is_new = draft.retry_of.is_none();
    let (mut order, wrong) = typed.order(fields, shop, is_new);
    if is_new || !rest::launches(&rest.desk, &draft.queue).await? {
        order.queue = Some("web".into());
    }
    let completed = complete(order, draft, &rest.desk, rest.offers.as_ref()).await;
    let job = if wrong.is_empty() { completed? } else { return Err(all_of(wrong, completed)) };
    let user = visitor.person.name.clone();
    let text = format!("{:?}", NewJob { user, ..job.clone() });
    let digest: String = Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(NewJob { request: format!("page {} {digest}", typed.key), ..job })
}

/// Adds what else is wrong with an order; a kickstart that cannot be read is not missing, too.
fn all_of(mut wrong: Vec<Mistake>, completed: Result<NewJob, Problem>) -> Problem {
    let others = match completed {
        Ok(_) => Vec::new(),
        Err(problem) if problem.all_mistakes().is_empty() => return problem,
        Err(problem) => problem.all_mistakes().to_vec(),
    };
    let is_source =
        |mistake: &Mistake| matches!(form::shown_at(&mistake.field), Some("kickstart" | "configuration"));
    let has_source = wrong.iter().any(is_source);
    wrong.extend(others.into_iter().filter(|mistake| !(has_source && is_source(mistake))));
    Problem::mistakes(wrong)
}

/// Leads to the job, or shows the form again with all that is wrong; what nobody can mend there is a page of its own.
async fn answer(rest: &Rest, sent: Result<ImageId, Problem>, mut form: Form) -> Result<Response, Trouble> {
    let problem = match sent {
        Ok(id) => return Ok(see(&format!("/job/{id}?done=submitted"))),
        Err(problem) => problem,
    };
    if problem.all_mistakes().is_empty() && problem.status() != StatusCode::CONFLICT {
        return Err(problem.into());
    }
    let mut mistakes: Vec<Mistake> = problem.all_mistakes().to_vec();
    if mistakes.is_empty() {
        mistakes.push(Mistake { field: "This order".into(), why: problem.detail().to_owned() });
    }
    form.wrong(rest, mistakes).await?;
    Ok(refused(StatusCode::UNPROCESSABLE_ENTITY, &form))
}
