//! `img boss unregister`.

use anyhow::{Result, anyhow, bail};
use cli::RegisterArguments;
use viewer::Registered;

use super::register::Wanted;
use super::registry::{Registry, text_that_removes};
use crate::site;

/// Tells the engine to forget a participant that it has; one that it has not would cost it its catch-all.
pub(crate) async fn unregister(arguments: &RegisterArguments) -> Result<u8> {
    let mut site = site::read_warning(&arguments.site.config, Some(&arguments.name));
    let wanted = Wanted::read(arguments, &site)?;
    let registry = Registry::open(&mut site, arguments.patience)?;
    let before = registry.look(arguments.blindly).await?;
    let (text, pattern) = match &before {
        Some(list) => text_for(list, &wanted)?,
        None if arguments.blindly => (wanted.pattern.clone(), String::new()),
        None => bail!(
            "cannot see whether `{}` is registered, and unregistering what is not there breaks the engine's list: \
             set [boss] viewer = http://HOST:9292, or say --blindly",
            wanted.pattern
        ),
    };
    registry.tell("boss_register :action => \"unregister\"", &text, &wanted.queue).await?;
    let (Some(viewer), Some(before)) = (&registry.viewer, before) else {
        cli::say(format_args!("img: told the engine to forget `{}`", wanted.pattern));
        return Ok(0);
    };
    let done = |list: &[Registered]| !list.iter().any(|entry| entry.pattern == pattern);
    let after = registry.verify(viewer, "did not unregister it", done).await?;
    for lost in before.iter().filter(|entry| entry.pattern != pattern && !after.contains(entry)) {
        cli::say(format_args!("img: warning: the engine has lost `{}` meanwhile", lost.pattern));
    }
    cli::say(format_args!("img: `{}` is no longer registered", wanted.pattern));
    Ok(0)
}

/// Returns what to send so that the entry goes, and no other, and the entry's expression.
fn text_for(list: &[Registered], wanted: &Wanted) -> Result<(String, String)> {
    let Some(entry) = list.iter().find(|entry| wanted.is_named(entry)) else {
        let known: Vec<_> = list.iter().map(|entry| entry.pattern.as_str()).collect();
        bail!(
            "`{}` is not registered, so nothing was done; registered are {}",
            wanted.pattern,
            known.join(", ")
        );
    };
    let text = text_that_removes(list, &entry.pattern, &wanted.name);
    text.map(|text| (text, entry.pattern.clone())).ok_or_else(|| {
        let first = list.iter().find(|entry| entry.serves(&wanted.name) != Some(false));
        let first = first.map_or("another entry", |first| first.pattern.as_str());
        anyhow!(
            "nothing was done: the engine removes the first entry that matches, and that would be `{first}`; \
             unregister that first, then this, then register that again"
        )
    })
}
