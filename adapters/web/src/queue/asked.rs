//! Which jobs a list shows, as its address says.

use imaging::{Cursor, JobFilter, Tag};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

/// What follows the question mark; what is empty does not matter.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    pub(crate) name: String,
    pub(crate) queue: String,
    pub(crate) status: String,
    #[serde(rename = "type")]
    pub(crate) image_type: String,
    pub(crate) arch: String,
    pub(crate) user: String,
    pub(crate) tag: String,
    pub(crate) after: String,
    /// What a person did that led here.
    pub(crate) done: String,
}

impl Asked {
    /// Returns the filter, the place in the list, and what is wrong with them.
    pub(crate) fn filter(&self) -> (JobFilter, Option<Cursor>, String) {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut wrong = Vec::new();
        let tag =
            some(&self.tag).and_then(|text| Tag::parse(&text).map_err(|error| wrong.push(error.0)).ok());
        let status = some(&self.status)
            .and_then(|text| text.parse().map_err(|error: imaging::NotAWord| wrong.push(error.0)).ok());
        let after = some(&self.after)
            .and_then(|text| text.parse().map_err(|error: imaging::NotAWord| wrong.push(error.0)).ok());
        let filter = JobFilter {
            name: some(&self.name),
            tag,
            user: some(&self.user),
            image_type: some(&self.image_type),
            arch: some(&self.arch),
            status,
            queue: some(&self.queue),
        };
        (filter, after, wrong.iter().map(|why| crate::trouble::sentence(why)).collect::<Vec<_>>().join(" "))
    }

    /// Tells whether some jobs are left out.
    pub(crate) fn is_filtered(&self) -> bool {
        self.fields().iter().any(|(name, value)| *name != "after" && !value.is_empty())
    }

    fn fields(&self) -> [(&'static str, &str); 8] {
        [
            ("name", &self.name),
            ("queue", &self.queue),
            ("status", &self.status),
            ("type", &self.image_type),
            ("arch", &self.arch),
            ("user", &self.user),
            ("tag", &self.tag),
            ("after", &self.after),
        ]
    }

    /// Returns the address of this list below a path.
    pub(crate) fn address(&self, path: &str) -> String {
        let said = self.fields().into_iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<_> = said
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        let sign = if path.contains('?') { '&' } else { '?' };
        if pairs.is_empty() { path.to_owned() } else { format!("{path}{sign}{}", pairs.join("&")) }
    }
}
