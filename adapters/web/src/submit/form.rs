//! The form.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use imaging::ImageId;
use rest::{Mistake, Problem, Rest};

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
const FIELDS: [(&str, &str); 14] = [
    ("name", "name"),
    ("image_type", "image_type"),
    ("arch", "arch"),
    ("kickstart", "kickstart"),
    ("file", "kickstart"),
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

/// Returns the field of this page beside which a field of an order is shown; none when it has none here.
pub(super) fn shown_at(field: &str) -> Option<&'static str> {
    FIELDS.iter().find(|(name, _)| *name == field).map(|(_, shown)| *shown)
}

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
    pub(super) async fn wrong(&mut self, rest: &Rest, mistakes: Vec<Mistake>) -> Result<(), Trouble> {
        let is_at_a_line =
            |one: &Mistake| shown_at(&one.field) == Some("kickstart") && one.why.starts_with("line ");
        if mistakes.iter().any(is_at_a_line) {
            let text = self.kickstart(rest).await?;
            let lines = tokio::task::spawn_blocking(move || annotated(&text)).await;
            self.lines = lines.map_err(|died| Problem::ours(&died))?;
        }
        for mistake in mistakes {
            let is_shown = is_at_a_line(&mistake) && !self.lines.is_empty();
            let Mistake { field, why } = mistake;
            match shown_at(&field) {
                Some(field) if is_shown => drop(self.wrong.entry(field.into()).or_default()),
                Some(field) => {
                    self.wrong.entry(field.into()).or_default().push(sentence(&format!("this {why}")))
                }
                None => self.others.push(sentence(&format!("{field} {why}"))),
            }
        }
        Ok(())
    }

    /// Returns the kickstart that was typed, or that of the template.
    async fn kickstart(&self, rest: &Rest) -> Result<String, Trouble> {
        let Some(offer) = &self.shop.template else { return Ok(self.typed.kickstart.clone()) };
        let text = rest.offers.template(&offer.file).await;
        Ok(text.map_err(|error| Problem::ours(&error))?.unwrap_or_default())
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
