//! The virtual machines that builds may have: what the configuration says about them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use child::Network;
use config::{Configuration, Sources};
use place_vm::{Settings, Vm};

use super::build_image::{narrows_scripts, reach};
use crate::site;
use crate::state::State;

/// The image machines start from, and the key to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    pub(crate) image: PathBuf,
    pub(crate) key: PathBuf,
}

impl Base {
    /// Says where `img vm create-base` puts them.
    pub(crate) fn in_state(state: &State) -> Base {
        Base { image: state.vm().join("base.qcow2"), key: state.vm().join("id_ed25519") }
    }

    /// Says where a site has them.
    pub(crate) fn of(site: &Configuration, state: &State) -> Base {
        let usual = Base::in_state(state);
        let path = |key| site.text("worker", key).map(PathBuf::from);
        Base {
            image: path("vm_base_img").unwrap_or(usual.image),
            key: path("vm_ssh_key").unwrap_or(usual.key),
        }
    }

    /// Tells whether both are there.
    pub(crate) fn is_there(&self) -> bool {
        self.image.exists() && self.key.exists()
    }
}

/// What a site says about its machines.
#[derive(Clone, Debug)]
pub(crate) struct Machines {
    pub(crate) base: Base,
    kernel: Option<PathBuf>,
    snapshot: Option<u64>,
    wait: Option<Duration>,
    accel: Option<String>,
    network: Network,
    shares_cache: bool,
}

impl Machines {
    pub(crate) fn of(site: &Configuration, state: &State) -> Machines {
        let text = |key| site.text("worker", key);
        Machines {
            base: Base::of(site, state),
            kernel: text("vm_kernel").map(PathBuf::from),
            snapshot: site.bytes("worker", "vm_snapshot"),
            wait: site::seconds(site, "worker", "vm_wait"),
            accel: text("vm_accel").map(|word| word.to_lowercase()),
            network: network(site),
            shares_cache: site.yes("worker", "use_9p_cache"),
        }
    }

    /// Makes the place of the build of one image, which sees its folder, and of the cache what it is to use.
    pub(crate) fn place(&self, folder: &Path, cache: &Path) -> Vm {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let usual = Settings::new(&self.base.image, &self.base.key, &folder);
        let cache = self.shares_cache.then(|| cache.to_owned());
        Vm::new(Settings {
            kernel: self.kernel.clone(),
            snapshot: self.snapshot,
            wait: self.wait.unwrap_or(usual.wait),
            accel: self.accel.as_deref().and_then(|word| word.parse().ok()).unwrap_or(usual.accel),
            network: self.network.clone(),
            shares: std::iter::once(folder).chain(cache).collect(),
            ..usual
        })
    }
}

/// Reads what machines reach: all there is, where nobody says anything, since mic reads its repositories there.
fn network(site: &Configuration) -> Network {
    match narrows_scripts(site) {
        true => reach(site).scripts,
        false => Network::Host,
    }
}

/// Makes the place where `img build --place vm` would build, to be asked whether it works.
pub(crate) fn of_machine() -> Vm {
    let file = std::env::var_os("IMG_CONFIG").map(PathBuf::from);
    let site = Configuration::read(&Sources::of_machine(file.as_deref()));
    match State::open(std::env::var_os("IMG_STATE").map(PathBuf::from)) {
        Ok(state) => Machines::of(&site, &state).place(&state.images(), &state.cache()),
        Err(_) => Vm::new(Settings::new("/nonexistent", "/nonexistent", "/nonexistent")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_reaches_what_somebody_says_and_everything_where_nobody_does() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("img.conf");
        for (lines, expected) in [
            ("", Network::Host),
            ("scripts_network = none", Network::None),
            ("scripts_network = host", Network::Host),
            ("scripts_network = outside", Network::Outside(Vec::new())),
            ("closed_networks = 10.0.0.0/8", Network::Outside(vec!["10.0.0.0/8".parse().unwrap()])),
        ] {
            std::fs::write(&file, format!("[worker]\n{lines}\n")).unwrap();
            assert_eq!(network(&Configuration::read(&Sources::of_machine(Some(&file)))), expected, "{lines}");
        }
    }
}
