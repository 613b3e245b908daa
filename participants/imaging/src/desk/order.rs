//! Whether an image can be asked for like this.

use uuid::Uuid;

use super::Mistake;
use crate::{ExtraRepo, ImageName, NewJob, Person, Registry, StoreError, Table, Tag};

/// The longest kickstart, in bytes.
const LONGEST_KICKSTART: usize = 10 << 20;
/// The longest of all other texts, in bytes.
const LONGEST_TEXT: usize = 64 << 10;
/// The most packages, repositories or options.
const MOST: usize = 5_000;

/// The fields that have to be right before anybody can say whether it could be built.
pub(super) const TO_FORESEE: [&str; 6] =
    ["name", "kickstart", "image_type", "arch", "tokenmap", "extra_repos"];
/// How addresses of repositories begin.
const SCHEMES: [&str; 4] = ["http://", "https://", "ftp://", "file:///"];

/// Completes an order with what is ours to say.
pub(super) fn completed(person: &Person, order: NewJob) -> NewJob {
    let email = if order.email.is_empty() { person.email.clone() } else { order.email };
    NewJob {
        request: format!("{} {}", person.name, or_new(&order.request)),
        user: person.name.clone(),
        prefix: format!("{}/{}", folder(&order.queue), folder(&person.name)),
        email,
        ..order
    }
}

/// Returns a text, or one nobody used before when it is empty.
pub(super) fn or_new(text: &str) -> String {
    if text.is_empty() { Uuid::new_v4().simple().to_string() } else { text.to_owned() }
}

/// Returns all that is wrong with an order.
pub(super) async fn mistakes(registry: &dyn Registry, order: &NewJob) -> Result<Vec<Mistake>, StoreError> {
    let mut mistakes = lengths(order);
    let mut wrong = |field, why: String| mistakes.push(Mistake { field, why });
    if let Err(error) = ImageName::parse(&order.name) {
        wrong("name", format!("is wrong: {error}"));
    }
    if order.kickstart.trim().is_empty() {
        wrong("kickstart", "is empty".into());
    }
    if order.kickstart.contains('\0') {
        wrong("kickstart", "has a character with the number 0, which no text may have".into());
    }
    if order.email.chars().any(char::is_control) {
        // whoever writes to it would add lines of somebody else's to the head of a letter
        wrong("email", "has a line break, or another sign that no address has".into());
    }
    for (field, table, value) in [
        ("image_type", Table::ImageTypes, &order.image_type),
        ("arch", Table::Arches, &order.arch),
        ("queue", Table::Queues, &order.queue),
    ] {
        let entries = registry.entries(table).await?;
        if !entries.iter().any(|entry| entry.name() == value) {
            let known: Vec<_> = entries.iter().map(crate::Entry::name).collect();
            wrong(field, format!("should be one of {}, not `{}`", known.join(", "), shortened(value)));
        }
    }
    if order.process.is_empty() && registry.queue(&order.queue).await?.is_some_and(|queue| !queue.launches) {
        let why = format!("`{}` is for processes that run already: nobody would build it", order.queue);
        wrong("queue", why);
    }
    let processes = registry.post_processes().await?;
    for chosen in &order.post_processes {
        if !processes.iter().any(|process| process.active && process.name == *chosen) {
            wrong(
                "post_processes",
                format!("names `{}`, which is no active post-process", shortened(chosen)),
            );
        }
    }
    for repo in &order.extra_repos {
        let url = match repo {
            ExtraRepo::Address(url) | ExtraRepo::Named { url, .. } => url,
        };
        // a token may stand for the beginning
        if !url.starts_with('@') && !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
            let why = format!("has `{}`, which begins with none of {}", shortened(url), SCHEMES.join(", "));
            wrong("extra_repos", why);
        }
    }
    for pair in order.tokenmap.split(',').filter(|pair| !pair.is_empty()) {
        if pair.split_once(':').is_none_or(|(key, _)| key.is_empty()) {
            wrong(
                "tokenmap",
                format!("should be KEY:VALUE,KEY2:VALUE2; `{}` has no key and colon", shortened(pair)),
            );
        }
    }
    if order.tags.len() > Tag::MOST {
        wrong("tags", format!("are {}: a job has at most {}", order.tags.len(), Tag::MOST));
    }
    Ok(mistakes)
}

/// Tells what is too long to be kept.
fn lengths(order: &NewJob) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut at_most = |field, most: usize, is: usize, of: &str| {
        if is > most {
            mistakes.push(Mistake { field, why: format!("has {is} {of}: it may have {most}") });
        }
    };
    at_most("kickstart", LONGEST_KICKSTART, order.kickstart.len(), "bytes");
    let repos = order.extra_repos.iter().map(|repo| match repo {
        ExtraRepo::Address(url) => url.len(),
        ExtraRepo::Named { name, url } => name.len() + url.len(),
    });
    let joined = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
    let map = |map: &std::collections::BTreeMap<String, String>| {
        map.iter().map(|(key, value)| key.len() + value.len()).sum()
    };
    for (field, is) in [
        ("request", order.request.len()),
        ("tokenmap", order.tokenmap.len()),
        ("email", order.email.len()),
        ("release", order.release.len()),
        ("devicegroup", order.devicegroup.len()),
        ("extra_opts", joined(&order.extra_opts)),
        ("overlay", joined(&order.overlay)),
        ("extra_repos", repos.sum()),
        ("pp_args", map(&order.pp_args)),
        ("more", map(&order.more)),
    ] {
        at_most(field, LONGEST_TEXT, is, "bytes");
    }
    for (field, is) in [
        ("extra_opts", order.extra_opts.len()),
        ("overlay", order.overlay.len()),
        ("extra_repos", order.extra_repos.len()),
    ] {
        at_most(field, MOST, is, "entries");
    }
    mistakes
}

/// Makes a name of a folder.
fn folder(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "_-.@+".contains(c) { c } else { '_' })
        .collect();
    if kept.starts_with('.') || kept.is_empty() { format!("_{kept}") } else { kept }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
