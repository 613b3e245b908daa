//! Adds the repositories, packages and groups a process asks for to a kickstart.
//!
//! Nothing asked for: the text goes back as it came, to the byte. A kickstart with mistakes is refused with all of
//! them, each with its line and column.

mod fields;

use img_kickstart::{EditError, Kickstart, NewRepo, Rules, check_with};
use participant_core::{Failure, Job, Outcome, Participant, Workitem, async_trait};

use crate::fields::Wishes;

/// The participant `build_ks`.
#[derive(Clone, Debug, Default)]
pub struct BuildKs {
    /// Whether a kickstart may name files to include; a service that takes foreign kickstarts says no.
    pub include_allowed: bool,
}

#[async_trait]
impl Participant for BuildKs {
    async fn handle_wi(&self, item: &Workitem, _job: &Job) -> Result<Outcome, Failure> {
        let wishes = match Wishes::read(item) {
            Ok(wishes) => wishes,
            Err(reason) => return Ok(refuse(&reason)),
        };
        let mistakes = self.mistakes(&wishes.kickstart, &wishes.file_name);
        if let Some(first) = mistakes.first() {
            let refusal = mistakes.iter().skip(1).fold(refuse(first), Outcome::message);
            return Ok(refusal);
        }
        match fulfil(&wishes) {
            Ok(kickstart) => Ok(prepared(&kickstart)),
            Err(refused) => Ok(refuse(&refused.to_string())),
        }
    }
}

impl BuildKs {
    /// Returns what is wrong with a kickstart, a line each.
    fn mistakes(&self, kickstart: &str, file_name: &str) -> Vec<String> {
        let rules = Rules::default().include_allowed(self.include_allowed);
        let found = check_with(&Kickstart::parse(kickstart), &rules);
        found.iter().filter(|found| found.is_error()).map(|found| found.one_line(file_name)).collect()
    }
}

/// Adds everything that is wished for.
fn fulfil(wishes: &Wishes) -> Result<Kickstart, EditError> {
    let mut kickstart = Kickstart::parse(&wishes.kickstart).numbered_without(&wishes.added_lines);
    let repos =
        wishes.repos.iter().map(|repo| NewRepo { name: &repo.name, url: &repo.url, options: &["--save"] });
    kickstart.add_repos(&repos.collect::<Vec<_>>())?;
    kickstart.add_packages(&words(&wishes.packages))?;
    kickstart.add_groups(&words(&wishes.groups))?;
    Ok(kickstart)
}

/// Hands the kickstart on, and which of its lines its author does not know: later messages count without them.
fn prepared(kickstart: &Kickstart) -> Outcome {
    let outcome = Outcome::done().set("image.kickstart", kickstart.to_text().as_ref());
    match kickstart.added_lines() {
        [] => outcome,
        added => outcome.set("image.added_lines", added),
    }
}

fn words(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

fn refuse(reason: &str) -> Outcome {
    Outcome::refuse().because(reason).set("image.error", reason)
}
