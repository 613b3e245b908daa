//! What stands for `@NAME@` in a kickstart.

use std::collections::{BTreeMap, BTreeSet};

use imaging::{Desk, Entry, Table};
use img_kickstart::tokens;

use crate::problem::{Mistake, Problem};

/// Returns `K:V,K2:V2`: what was said, then what the template says, then what the site says of the tokens that are in
/// the kickstart.
pub(super) async fn map(
    kickstart: &str,
    said: BTreeMap<String, String>,
    suggested: BTreeMap<String, String>,
    desk: &Desk,
    mistakes: &mut Vec<Mistake>,
) -> Result<String, Problem> {
    let used: BTreeSet<String> = tokens(kickstart).into_iter().map(|token| token.name).collect();
    let mut values = said;
    let is_used = |name: &String| used.contains(name) || derived(name).is_some_and(|of| used.contains(of));
    for (name, value) in suggested.into_iter().filter(|(name, _)| is_used(name)) {
        values.entry(name).or_insert(value);
    }
    for entry in desk.registry.entries(Table::Tokens).await? {
        if let Entry::Token(token) = entry
            && is_used(&token.name)
        {
            values.entry(token.name).or_insert(token.default);
        }
    }
    for (of, pattern) in [("RELEASE", "RELEASEPATTERN"), ("RNDFLAVOUR", "RNDPATTERN")] {
        if let (Some(value), true) = (values.get(of).cloned(), used.contains(pattern)) {
            values.entry(pattern.to_owned()).or_insert_with(|| match &*value {
                "" => String::new(),
                "devel" if of == "RNDFLAVOUR" => String::new(),
                value => format!(":/{value}"),
            });
        }
    }
    let mut wrong = |why: String| mistakes.push(Mistake::of("tokens", why));
    for (name, value) in &values {
        if name.is_empty() || name.contains([',', ':', '@']) || name.contains(char::is_control) {
            wrong(format!("have the name {name:?}: one has no comma, colon or at sign"));
        }
        if value.contains(',') || value.contains(char::is_control) {
            wrong(format!("say for {name:?} what has a comma or a line break in it: none may"));
        }
    }
    let pairs: Vec<_> = values.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    Ok(pairs.join(","))
}

/// Returns the token whose value follows from this one.
fn derived(name: &str) -> Option<&'static str> {
    match name {
        "RELEASE" => Some("RELEASEPATTERN"),
        "RNDFLAVOUR" => Some("RNDPATTERN"),
        _ => None,
    }
}
