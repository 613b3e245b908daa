//! `img boss register`.

use anyhow::{Context, Result, bail};
use cli::RegisterArguments;
use config::Configuration;
use viewer::Registered;

use super::registry::{Registry, anchored, kept};
use crate::site;

/// Tells the engine where workitems of a participant go, and looks whether it heard.
pub(crate) async fn register(arguments: &RegisterArguments) -> Result<u8> {
    let mut site = site::read_warning(&arguments.site.config, Some(&arguments.name));
    let wanted = Wanted::read(arguments, &site)?;
    let registry = Registry::open(&mut site, arguments.patience)?;
    let before = registry.look(arguments.blindly).await?;
    // the engine drops workitems for a queue that is not there
    registry.rabbit.declare(&wanted.queue).await.context("cannot make the queue")?;
    registry.tell("boss_register", &wanted.pattern, &wanted.queue).await?;
    let (Some(viewer), Some(before)) = (&registry.viewer, before) else {
        cli::say(format_args!(
            "img: told the engine that `{}` is on the queue `{}`; whether it heard cannot be said without [boss] viewer",
            wanted.pattern, wanted.queue
        ));
        return Ok(0);
    };
    let done = |list: &[Registered]| list.iter().any(|entry| wanted.is(entry));
    let after = registry.verify(viewer, "did not register it", done).await?;
    for warning in wanted.warnings(&before, &after) {
        cli::say(format_args!("img: warning: {warning}"));
    }
    cli::say(format_args!("img: `{}` is registered, on the queue `{}`", wanted.pattern, wanted.queue));
    Ok(0)
}

/// The entry the engine is to have.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) pattern: String,
    pub(super) queue: String,
    /// The expression as it was written, which is how SkyNET registered it.
    ungrouped: String,
}

impl Wanted {
    /// Takes what the command line says, else the configuration, else the name.
    pub(super) fn read(arguments: &RegisterArguments, site: &Configuration) -> Result<Wanted> {
        let name = arguments.name.clone();
        let queue = arguments.queue.clone().or_else(|| site.text("participant", "queue"));
        let queue = queue.unwrap_or_else(|| name.clone());
        let regexp = arguments.regexp.clone().or_else(|| site.text("participant", "regexp"));
        let regexp = regexp.unwrap_or_else(|| name.clone());
        for (what, value) in [("name", &name), ("queue", &queue), ("regular expression", &regexp)] {
            if value.trim().is_empty() || value.len() > 200 || value.chars().any(char::is_control) {
                bail!("the {what} of a participant has 1 to 200 signs, and no control characters");
            }
        }
        if kept(&regexp) == Registered::CATCH_ALL {
            bail!("`{regexp}` is the engine's own entry for participants nobody registered; it has to stay");
        }
        Ok(Wanted { pattern: anchored(&regexp)?, ungrouped: regexp, queue, name })
    }

    fn is(&self, entry: &Registered) -> bool {
        entry.pattern == kept(&self.pattern) && entry.queue() == Some(self.queue.as_str())
    }

    pub(super) fn is_named(&self, entry: &Registered) -> bool {
        entry.pattern == kept(&self.pattern) || entry.pattern == kept(&self.ungrouped)
    }

    /// Says what may go wrong with the entries there are.
    fn warnings(&self, before: &[Registered], after: &[Registered]) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some(old) = before
            .iter()
            .find(|entry| entry.pattern == kept(&self.ungrouped) && self.ungrouped != self.pattern)
        {
            warnings.push(format!(
                "`{}` is there too, which matches more than whole names: `img boss unregister {}` removes it",
                old.pattern, self.name
            ));
        }
        let was = before.iter().find(|entry| self.is_named(entry) && !self.is(entry));
        if let Some(queue) = was.and_then(Registered::queue) {
            warnings.push(format!(
                "it was on the queue `{queue}`: what waits there is taken by whoever serves that"
            ));
        }
        let ours = after.iter().position(|entry| self.is(entry)).unwrap_or(after.len());
        let first = after[..ours].iter().find(|entry| entry.serves(&self.name) == Some(true));
        if let Some(first) = first {
            let queue = first.queue().map(|queue| format!(", on the queue `{queue}`")).unwrap_or_default();
            warnings.push(format!(
                "`{}` stands before it and takes workitems for `{}`{queue}; unregister that, then register this again",
                first.pattern, self.name
            ));
        }
        if !after.iter().any(Registered::is_catch_all) {
            warnings.push(
                "the engine has lost its entry for unknown participants; it comes back when BOSS is restarted".into(),
            );
        }
        warnings
    }
}
