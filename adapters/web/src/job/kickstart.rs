//! The kickstart of a job: as it was submitted, and as it was built.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use img_kickstart::{DifferenceKind, Kickstart};
use rest::{Problem, Rest};

use super::OfJob;
use crate::show::{Row, page};
use crate::trouble::Trouble;
use crate::visitor::{Bar, Visitor};

/// The longest kickstart that is shown, in bytes.
const LONGEST: usize = 10 << 20;

#[derive(Template)]
#[template(path = "kickstart.html")]
struct KickstartPage {
    bar: Bar,
    row: Row,
    submitted: Vec<String>,
    built: Option<Vec<String>>,
    differences: Vec<(&'static str, String)>,
}

pub(super) async fn kickstart(
    visitor: Visitor,
    State(rest): State<Arc<Rest>>,
    OfJob(id): OfJob,
) -> Result<Response, Trouble> {
    let job = rest.desk.show(&id).await?;
    let built = if job.status.is_final() {
        let file = rest.file(&job, &format!("{}.ks", job.asked.name), &HeaderMap::new()).await;
        match file {
            Ok(answer) => axum::body::to_bytes(answer.into_body(), LONGEST).await.ok(),
            Err(_) => None,
        }
    } else {
        None
    };
    let row = Row::of(job.line(), &visitor.person);
    let submitted = job.asked.kickstart;
    let made = tokio::task::spawn_blocking(move || {
        let differences = built.as_ref().map(|built| differences(&submitted, built)).unwrap_or_default();
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let built = built.map(|built| lines(&String::from_utf8_lossy(&built)));
        (lines(&submitted), built, differences)
    });
    let (submitted, built, differences) = made.await.map_err(|died| Problem::ours(&died))?;
    Ok(page(&KickstartPage { bar: visitor.bar("queue"), row, submitted, built, differences }))
}

fn differences(submitted: &str, built: &[u8]) -> Vec<(&'static str, String)> {
    let found = Kickstart::parse(submitted).differences(&Kickstart::parse(built));
    let class = |kind: &DifferenceKind| match kind {
        DifferenceKind::Added(_) => "good",
        DifferenceKind::Removed(_) => "bad",
        _ => "works",
    };
    found.iter().map(|one| (class(&one.kind), one.to_string())).collect()
}
