//! `/repositories`: images that are kept for many machines, and what can be done with them.
//!
//! Everybody looks; whoever may fill the tables of the site changes them. What takes long has a page of its own.

mod asked;
mod change;
mod fields;
mod image;
mod import;
mod list;
mod publish;
mod register;
mod show;
mod task;

use axum::routing::{get, post};

use crate::routes::Pages;

pub(crate) fn routes() -> Pages {
    Pages::new()
        .route("/repositories", get(list::list))
        .route("/repositories/{name}/import", get(import::form).post(import::import))
        .route("/repositories/{name}/images/{*path}", get(image::image))
        .route("/repositories/{name}/files/{*path}", get(image::file))
        .route("/repositories/{name}/register/{*path}", get(register::form).post(register::register))
        .route("/repositories/{name}/delete/{*path}", get(change::preview).post(change::delete))
        .route("/repositories/{name}/restore/{*path}", post(change::restore))
        .route("/repositories/{name}/verify/{*path}", post(change::verify))
        .route("/repositories/{name}/tasks/{id}", get(task::task))
        .route("/repositories/{name}/tasks/{id}/part", get(task::part))
        .route("/repositories/{name}/tasks/{id}/stop", post(task::stop))
        .route("/job/{id}/publish", get(publish::form).post(publish::publish))
}
