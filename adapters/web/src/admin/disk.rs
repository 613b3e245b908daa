//! `/admin/disk`: what images take.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use rest::Rest;

use super::{Tab, tabs};
use crate::show::{link, page, size};
use crate::trouble::Trouble;
use crate::visitor::{Bar, Visitor};

#[derive(Template)]
#[template(path = "admin/disk.html")]
struct DiskPage {
    bar: Bar,
    tabs: Vec<Tab>,
    size: String,
    free: String,
    /// In hundredths; what else is on this disk is in `used`, too.
    images: u64,
    used: u64,
    all: String,
    layers: Vec<Line>,
    is_whole: bool,
}

struct Line {
    prefix: String,
    /// The list of its jobs; empty when the folder does not say whose they are.
    jobs_at: String,
    jobs: u64,
    size: String,
}

pub(super) async fn disk(visitor: Visitor, State(rest): State<Arc<Rest>>) -> Result<Response, Trouble> {
    let told = rest.disk_use(&visitor.person).await?;
    let all: u64 = told.layers.iter().map(|layer| layer.bytes).sum();
    let hundredths = |bytes: u64| bytes.saturating_mul(100) / told.size.max(1);
    let lines = told.layers.iter().map(|layer| Line {
        jobs_at: match layer.prefix.split_once('/') {
            Some((queue, user)) => format!("/admin/jobs?queue={}&user={}", link(queue), link(user)),
            None => String::new(),
        },
        prefix: if layer.prefix.is_empty() { "no folder of its own".into() } else { layer.prefix.clone() },
        jobs: layer.jobs,
        size: size(layer.bytes),
    });
    Ok(page(&DiskPage {
        bar: visitor.bar("admin"),
        tabs: tabs(&visitor, "disk"),
        size: if told.size == 0 { String::new() } else { size(told.size) },
        free: size(told.free),
        images: hundredths(all),
        used: hundredths(told.size.saturating_sub(told.free)),
        all: size(all),
        layers: lines.collect(),
        is_whole: told.is_whole,
    }))
}
