//! The form.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use imaging::ImageId;
use rest::{Mistake, Problem};

use super::annotated::{Line, annotated};
use super::projects::{self, Project};
use super::shop::Shop;
use super::typed::Typed;
use crate::show::page;
use crate::trouble::{Trouble, sentence};
use crate::visitor::Bar;

#[derive(Template)]
#[template(path = "submit.html")]
pub(super) struct Form {
    bar: Bar,
    shop: Shop,
    typed: Typed,
    /// The job that is asked for again; empty for a new one.
    again: String,
    /// What is wrong, by field.
    wrong: BTreeMap<String, Vec<String>>,
    /// What is wrong with what has no field here.
    others: Vec<String>,
    lines: Vec<Line>,
}

/// The fields that say beside themselves what is wrong with them.
const FIELDS: [(&str, &str); 13] = [
    ("name", "name"),
    ("image_type", "image_type"),
    ("arch", "arch"),
    ("kickstart", "kickstart"),
    ("template", "kickstart"),
    ("configuration", "configuration"),
    ("tokens", "tokens"),
    ("features", "features"),
    ("packages", "packages"),
    ("extra_repos", "repos"),
    ("tags", "tags"),
    ("post_processes", "processes"),
    ("email", "email"),
];

impl Form {
    pub(super) fn new(bar: Bar, shop: Shop, typed: Typed) -> Form {
        let (again, wrong, others, lines) = Default::default();
        Form { bar, shop, typed, again, wrong, others, lines }
    }

    pub(super) fn again_for(mut self, id: &ImageId) -> Form {
        self.again = id.to_string();
        self
    }

    pub(super) fn shown(&self) -> Response {
        page(self)
    }

    /// Notes what is wrong, each beside its field, and of the kickstart at its lines.
    pub(super) async fn wrong(&mut self, mistakes: Vec<Mistake>) -> Result<(), Trouble> {
        for Mistake { field, why } in mistakes {
            let known = FIELDS.iter().find(|(name, _)| *name == field);
            match known {
                // lines show those
                Some((_, "kickstart")) if why.starts_with("line ") => {
                    self.wrong.entry("kickstart".into()).or_default();
                }
                Some((_, field)) => {
                    self.wrong.entry((*field).into()).or_default().push(sentence(&format!("this {why}")))
                }
                None => self.others.push(sentence(&format!("{field} {why}"))),
            }
        }
        if self.wrong.contains_key("kickstart") && !self.typed.kickstart.is_empty() {
            let text = self.typed.kickstart.clone();
            let lines = tokio::task::spawn_blocking(move || annotated(&text)).await;
            self.lines = lines.map_err(|died| Problem::ours(&died))?;
        }
        Ok(())
    }

    /// Returns what is wrong with a field; none when nothing is.
    fn of(&self, field: &str) -> Option<String> {
        self.wrong.get(field).map(|why| why.join(" "))
    }

    fn projects(&self) -> Vec<Project> {
        projects::rows(&self.typed.projects)
    }

    fn token(&self, name: &str, usual: &str) -> String {
        self.typed.tokens.get(name).cloned().unwrap_or_else(|| usual.to_owned())
    }

    fn argument(&self, name: &str) -> &str {
        self.typed.arguments.get(name).map_or("", String::as_str)
    }
}
