//! People whom a directory or a proxy knows: the groups they get, and who is still there.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use config::Configuration;
use imaging::door::Door;
use imaging::{Directory, now_ms};
use rest::Rest;

use crate::site::{self, People};

/// Has a directory and a proxy say who people are, where there are such.
pub(super) async fn known(
    mut rest: Rest,
    people: People,
    site: &Configuration,
) -> Result<(Rest, Option<LooksAgain>)> {
    if let Some(proxy) = people.proxy {
        make_groups(&rest.door, &proxy.groups, "[web] remote_user_groups").await?;
        tracing::info!("the proxies of [web] trusted_proxies say who looks at pages, by {}", proxy.header());
        rest = rest.behind(proxy);
    }
    let Some(directory) = people.directory else { return Ok((rest, None)) };
    make_groups(&rest.door, directory.governs(), "[ldap] groups").await?;
    rest = rest.with_directory(directory.clone());
    let every = site::seconds(site, "ldap", "look_again").unwrap_or_default();
    let looks_again = LooksAgain { door: rest.door.clone(), directory, every };
    Ok((rest, Some(looks_again)))
}

/// Makes groups whose names mean something to us, and tells of those that are nothing here.
async fn make_groups(door: &Door, names: &BTreeSet<String>, key: &str) -> Result<()> {
    for name in door.make_groups(names, "-", now_ms()).await? {
        tracing::warn!(
            "{key} names the group {name:?}, which is not there, so nobody may anything by it until \
             `PUT /api/v1/groups/{name}` makes it"
        );
    }
    Ok(())
}

/// Asks a directory who is still there.
pub(super) struct LooksAgain {
    door: Door,
    directory: Arc<dyn Directory>,
    every: Duration,
}

impl LooksAgain {
    /// Asks at once, and ever again; tells once when it has no answer, and once when it has one again.
    pub(super) async fn for_ever(self) -> Infallible {
        let (name, every) = (self.directory.name(), self.every.as_secs());
        if !self.directory.tells() {
            tracing::info!(
                "{name} is not asked who is still there, since [ldap] has no bind_dn: its people show their password each half day"
            );
        }
        let mut trouble = None;
        loop {
            let now = self.once().await.err().map(|error| format!("{error:#}"));
            match (&trouble, &now) {
                (None, Some(why)) => tracing::error!(
                    "{why}; nobody new of LDAP is let in and nobody is shut out, accounts of this site go on; \
                     it is asked again every {every} s"
                ),
                (Some(_), None) => tracing::info!("{name} answers again"),
                _ => {}
            }
            trouble = now;
            tokio::time::sleep(self.every).await;
        }
    }

    async fn once(&self) -> Result<()> {
        self.directory.look().await?;
        let looked = self.door.look_again(now_ms()).await?;
        for person in looked.gone {
            tracing::warn!(
                "{} does not know {person:?} any more: sessions and tokens of theirs count no longer",
                self.directory.name()
            );
        }
        Ok(looked.trouble.map_or(Ok(()), Err)?)
    }
}
