//! The fields of a registration: what was typed, and what is wrong with it.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use rest::{Mistake, Problem, RegistrationWish};
use serde::Deserialize;

use crate::trouble::{Trouble, beside_form, sentence};

/// What stands in the fields of a registration, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub(super) title: String,
    pub(super) software_profile: String,
    pub(super) partition: String,
    pub(super) partition_type: String,
    pub(super) comments: String,
}

impl Typed {
    pub(super) fn of(noted: &imaging::Registration) -> Typed {
        Typed {
            title: noted.title.to_string(),
            software_profile: noted.software_profile.to_string(),
            partition: noted.partition.to_string(),
            partition_type: noted.partition_type.to_string(),
            comments: noted.comments.to_string(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        let fields =
            [&self.title, &self.software_profile, &self.partition, &self.partition_type, &self.comments];
        fields.iter().all(|field| field.trim().is_empty())
    }

    /// Returns what was typed; what is no number of a partition is 0, which is none.
    pub(super) fn wish(&self) -> RegistrationWish {
        RegistrationWish {
            title: self.title.clone(),
            software_profile: self.software_profile.clone(),
            partition: self.partition.trim().parse().unwrap_or(0),
            partition_type: self.partition_type.clone(),
            comments: self.comments.clone(),
        }
    }
}

/// What is wrong, by field; what has no field stands above the form.
#[derive(Clone, Debug, Default)]
pub(super) struct Wrong {
    fields: BTreeMap<String, Vec<String>>,
    pub(super) others: Vec<String>,
}

impl Wrong {
    /// Sorts mistakes by the fields there are.
    fn of(mistakes: &[Mistake], known: &[&str]) -> Wrong {
        let mut wrong = Wrong::default();
        for Mistake { field, why } in mistakes {
            let field = field.strip_prefix("registration.").unwrap_or(field);
            if known.contains(&field) {
                let said = sentence(&format!("this {why}"));
                wrong.fields.entry(field.to_owned()).or_default().push(said);
            } else {
                wrong.others.push(sentence(&format!("{field} {why}")));
            }
        }
        wrong
    }

    /// Returns what of a problem a page says beside its form, and its status; all else is a page of its own.
    pub(super) fn with_status(problem: Problem, known: &[&str]) -> Result<(StatusCode, Wrong), Trouble> {
        let mut wrong = Wrong::of(problem.all_mistakes(), known);
        let (status, why) = beside_form(problem)?;
        if !wrong.is_any() {
            wrong.others.push(why);
        }
        Ok((status, wrong))
    }

    /// Returns what is wrong with a field; none when nothing is.
    pub(super) fn with(&self, field: &str) -> Option<String> {
        self.fields.get(field).map(|why| why.join(" "))
    }

    pub(super) fn is_any(&self) -> bool {
        !self.fields.is_empty() || !self.others.is_empty()
    }
}

/// The fields of a registration.
pub(super) const FIELDS: [&str; 5] = ["title", "software_profile", "partition", "partition_type", "comments"];

/// A field as pages show it.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) help: &'static str,
    pub(super) value: String,
    pub(super) wrong: Option<String>,
}

/// Returns the fields of a registration, with what was typed and what is wrong.
pub(super) fn fields(typed: &Typed, wrong: &Wrong) -> Vec<Field> {
    let values =
        [&typed.title, &typed.software_profile, &typed.partition, &typed.partition_type, &typed.comments];
    let said = [
        ("Image name", "What people call it, as “Windows 10, laboratory”."),
        ("Software profile", "What is installed on it."),
        ("Partition", "The number of the partition it was made from, or goes to."),
        ("Partition type", "As NTFS or LINUX."),
        ("Comments", "Anything else, as who made it and what for."),
    ];
    let all = FIELDS.into_iter().zip(said).zip(values);
    let field = |((name, (label, help)), value): ((&'static str, (&'static str, &'static str)), &String)| {
        Field { name, label, help, value: value.clone(), wrong: wrong.with(name) }
    };
    all.map(field).collect()
}
