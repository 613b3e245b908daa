//! `img boss unregister`.

use anyhow::{Result, bail};
use cli::RegisterArguments;
use viewer::Registered;

use super::register::Wanted;
use super::registry::Registry;
use crate::site::{Site, broker};

/// Tells the engine to forget a participant that it has; one that it has not would cost it its catch-all.
pub(crate) async fn unregister(arguments: &RegisterArguments) -> Result<u8> {
    let mut site = Site::read(&arguments.site.config, Some(&arguments.name))?;
    let wanted = Wanted::read(arguments, &mut site);
    let registry = Registry::new(broker(&mut site));
    site.finish()?;
    let before = registry.look(arguments.blindly).await?;
    match &before {
        Some(list) if !list.iter().any(|entry| wanted.is_named(entry)) => {
            let known: Vec<_> = list.iter().map(|entry| entry.pattern.as_str()).collect();
            bail!(
                "`{}` is not registered, so nothing was done; registered are {}",
                wanted.pattern,
                known.join(", ")
            );
        }
        None if !arguments.blindly => bail!(
            "cannot see whether `{}` is registered, and unregistering what is not there breaks the engine's list: \
             set [boss] viewer = http://HOST:9292, or say --blindly",
            wanted.pattern
        ),
        _ => {}
    }
    registry.tell("boss_register :action => \"unregister\"", &wanted.pattern, &wanted.queue).await?;
    let (Some(viewer), Some(_)) = (&registry.viewer, before) else {
        cli::say(format_args!("img: told the engine to forget `{}`", wanted.pattern));
        return Ok(0);
    };
    let done = |list: &[Registered]| !list.iter().any(|entry| wanted.is_named(entry));
    registry.verify(viewer, "did not unregister it", done).await?;
    cli::say(format_args!("img: `{}` is no longer registered", wanted.pattern));
    Ok(0)
}
