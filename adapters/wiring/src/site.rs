//! What the configuration of a site says.

mod broker;
mod launching;
mod people;
mod repositories;
mod store;
mod torrents;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use config::{Configuration, Sources};

pub(crate) use self::broker::{Broker, broker};
pub(crate) use self::launching::{Launching, launching};
pub(crate) use self::people::{People, directory, people};
pub(crate) use self::repositories::{repositories, repository_in};
pub(crate) use self::store::{Database, database, store};
#[cfg_attr(not(feature = "torrent"), expect(unused_imports, reason = "nobody gives images away"))]
pub(crate) use self::torrents::Seed;
pub(crate) use self::torrents::{Torrents, torrents};

/// Reads the configuration of one participant, or of the site as a whole.
pub(crate) fn read(file: &Path, participant: Option<&str>) -> Configuration {
    Configuration::read(&Sources::of_program(file, participant))
}

/// Reads the configuration of the site, and says what a person should know of it.
pub(crate) fn read_warning(file: &Path, participant: Option<&str>) -> Configuration {
    let site = read(file, participant);
    site.warnings().iter().for_each(|warning| tracing::warn!("{warning}"));
    site
}

/// Reads the configuration of a machine that need not have any, and says what a person should know of it.
pub(crate) fn read_machine(file: Option<&Path>) -> Configuration {
    let site = Configuration::read(&Sources::of_machine(file));
    site.warnings().iter().for_each(|warning| tracing::warn!("{warning}"));
    site
}

/// Reads the configuration of a machine that need not have any, for whoever works at its terminal; `IMG_CONFIG` names another
/// file.
pub(crate) fn of_person() -> Result<Configuration> {
    let file = std::env::var_os("IMG_CONFIG").map(PathBuf::from);
    let site = Configuration::read(&Sources::of_machine(file.as_deref()));
    finish(&site)?;
    Ok(site)
}

/// Reads a time.
pub(crate) fn seconds(site: &Configuration, section: &str, key: &str) -> Option<Duration> {
    site.number(section, key).map(Duration::from_secs)
}

/// Reads where a program is to show how it does.
pub(crate) fn metrics_listen(site: &Configuration) -> Option<SocketAddr> {
    site.text("participant", "metrics_listen").and_then(|address| address.parse().ok())
}

/// Goes on only when nothing was wrong; else all of it is told, a line each.
pub(crate) fn finish(site: &Configuration) -> Result<()> {
    Ok(site.finish()?)
}
