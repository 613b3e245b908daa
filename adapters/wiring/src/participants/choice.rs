//! Which builder makes an image: dnf, or the mic of a site that trusts it.
//!
//! dnf needs no root and contains what a kickstart does; on the host, mic gives every kickstart root. So mic is taken only
//! where somebody says so: whoever runs `img build --builder mic`, or the configuration of the site. In a virtual machine it
//! gives a kickstart root of nothing but that.

#[cfg(test)]
mod tests;
mod usual;

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use builder_mic::{MicBuilder, Settings, Tool};
use child::{Place, Priority};
use config::{Configuration, Sources};
use imaging::{Build, BuildRequest, BuilderError, ImageBuilder, Watch};
use place_host::Host;

use self::usual::{At, Usual, Wish, tool, usual};
use super::build_image::narrows_scripts;
use super::vm::Machines;
use crate::site;
use crate::state::State;

/// The word of a workitem's options that names a builder; mic has none of this name.
pub(crate) const OPTION: &str = "--builder=";
/// The word that names the place where mic runs.
pub(crate) const PLACE: &str = "--place=";
/// Where mic works in a virtual machine.
const TMP_OF_VM: &str = "/var/tmp/img";

/// A builder that hands each image to one of two.
pub(crate) struct Choice {
    dnf: Box<dyn ImageBuilder>,
    usual: Usual,
    /// Whether the options of an image may name another than the usual one.
    may_choose: bool,
    /// Where mic runs when only the builder is named.
    at: At,
    settings: Box<dyn Fn(Tool, At) -> Settings + Send + Sync>,
    machines: Machines,
    priority: Priority,
}

/// Tells whether dnf makes the images of a site of which nobody says more.
pub(crate) fn is_dnf_of_site(site: &Configuration, state: &State) -> bool {
    let (wish, machines, cache) = (Wish::of(site), Machines::of(site, state), cache(state));
    let on_host = |tool| settings(site, tool, At::Host, &cache).program.exists();
    matches!(usual(&wish, &on_host, &machines), Usual::Dnf | Usual::DnfInstead(_))
}

impl Choice {
    /// Lets whoever runs this program choose; where they say nothing, the configuration of the machine says it.
    pub(crate) fn of_person(
        dnf: Box<dyn ImageBuilder>,
        site: &Configuration,
        state: &State,
        priority: Priority,
    ) -> Choice {
        let (site, machines, cache) = (site.clone(), Machines::of(site, state), cache(state));
        let (usual, at) = (usual_of(&site, &machines, &cache), Wish::of(&site).at());
        Choice {
            dnf,
            usual,
            may_choose: true,
            at,
            settings: Box::new(move |tool, at| settings(&site, tool, at, &cache)),
            machines,
            priority,
        }
    }

    /// Takes what the configuration of a site says, of which workitems change nothing.
    pub(crate) fn of_site(
        dnf: Box<dyn ImageBuilder>,
        site: &Configuration,
        state: &State,
        priority: Priority,
    ) -> Choice {
        let (site, cache) = (site.clone(), cache(state));
        let (wish, machines) = (Wish::of(&site), Machines::of(&site, state));
        let usual = usual_of(&site, &machines, &cache);
        match &usual {
            Usual::DnfInstead(why) => tracing::warn!("{why}"),
            Usual::Mic(tool, At::Host) => {
                tracing::info!("{} makes images, as root of this machine", tool.name())
            }
            Usual::Mic(tool, At::Vm) => {
                if let Err(why) = machines.place(&state.images(), &cache).check() {
                    tracing::warn!("{why}; until that is mended, every build fails");
                }
                tracing::info!("{} makes images, each in a virtual machine", tool.name());
                if !narrows_scripts(&site) {
                    tracing::warn!(
                        "[worker] scripts_network is not set: these machines reach what this one does, its loopback included \
                         (10.0.2.2); none gives them no network, host says that it is meant"
                    );
                }
            }
            Usual::Dnf => {}
        }
        let settings = Box::new(move |tool, at| settings(&site, tool, at, &cache));
        Choice { dnf, usual, may_choose: false, at: wish.at(), settings, machines, priority }
    }

    /// Tells whether dnf makes images of which nobody says more.
    pub(crate) fn is_dnf(&self) -> bool {
        matches!(self.usual, Usual::Dnf | Usual::DnfInstead(_))
    }

    /// Makes the builder of an image whose folder is `folder`.
    fn mic(&self, tool: Tool, at: At, folder: &Path) -> MicBuilder {
        let settings = (self.settings)(tool, at);
        let place: Box<dyn Place> = match at {
            At::Host => Box::new(Host::new().behind_others(self.priority)),
            At::Vm => Box::new(self.machines.place(folder, &settings.cache).behind_others(self.priority)),
        };
        MicBuilder::new(place, settings)
    }

    /// Chooses for one image, and takes the word about it out of its options.
    fn choose(&self, request: &mut BuildRequest) -> Result<Usual, String> {
        let mut take = |begins: &str| {
            let words = request.extra_opts.iter();
            let named = words.filter_map(|word| word.strip_prefix(begins)).next_back().map(str::to_owned);
            request.extra_opts.retain(|word| !word.starts_with(begins));
            named
        };
        let (name, place) = (take(OPTION).filter(|name| name != "auto"), take(PLACE));
        let at = match place.as_deref() {
            None | Some("userns") => self.at,
            Some("host") => At::Host,
            Some("vm") => At::Vm,
            Some(other) => return Err(format!("there is no place `{other}`: there are userns, host and vm")),
        };
        let chosen = match (name.as_deref(), name.as_deref().and_then(tool)) {
            (None, _) => match &self.usual {
                Usual::Mic(tool, _) => Usual::Mic(*tool, at),
                other => other.clone(),
            },
            (Some("dnf"), _) => Usual::Dnf,
            (_, Some(tool)) => Usual::Mic(tool, at),
            (Some(name), _) => {
                return Err(format!("there is no builder `{name}`: there are dnf, mic and mic2"));
            }
        };
        match self.may_choose || chosen == self.usual {
            true => Ok(chosen),
            false => Err(format!(
                "{OPTION} and {PLACE} are not for a workitem to say: [worker] builder and use_kvm of this worker say it"
            )),
        }
    }
}

#[async_trait]
impl ImageBuilder for Choice {
    async fn build(&self, request: &BuildRequest, watch: &dyn Watch) -> Result<Build, BuilderError> {
        let mut request = request.clone();
        match self.choose(&mut request) {
            Err(reason) => Ok(Build::Failed { reason }),
            Ok(Usual::Dnf) => self.dnf.build(&request, watch).await,
            Ok(Usual::Mic(tool, at)) => self.mic(tool, at, &request.folder).build(&request, watch).await,
            Ok(Usual::DnfInstead(why)) => Ok(match self.dnf.build(&request, watch).await? {
                Build::Made(mut made) => {
                    made.warnings.insert(0, why);
                    Build::Made(made)
                }
                other => other,
            }),
        }
    }

    /// Removes what either has left: mic's runs are known by their folders, and its images may be root's.
    async fn sweep(&self, folder: &Path) -> Result<(), BuilderError> {
        for tool in [Tool::Mic, Tool::Mic2] {
            let (here, there) = (self.mic(tool, At::Host, folder), self.mic(tool, At::Vm, folder));
            if there.was_elsewhere(folder) {
                return there.sweep(folder).await;
            }
            if here.was_in(folder) {
                return here.sweep(folder).await;
            }
        }
        match self.dnf.sweep(folder).await {
            Err(_) if self.may_choose || matches!(self.usual, Usual::Mic(_, At::Host)) => {
                self.mic(Tool::Mic, At::Host, folder).sweep(folder).await
            }
            swept => swept,
        }
    }
}

/// Decides what makes the images of which nobody says more.
fn usual_of(site: &Configuration, machines: &Machines, cache: &Path) -> Usual {
    let on_host = |tool| settings(site, tool, At::Host, cache).program.exists();
    usual(&Wish::of(site), &on_host, machines)
}

/// Says what makes the images of a person who names no builder, where the configuration has another than dnf do it.
pub(crate) fn told_to_person(site: &Configuration, state: &State) -> Option<String> {
    let by = |tool: Tool| format!("{} makes images, as [worker] {}", tool.name(), Wish::of(site).by());
    match usual_of(site, &Machines::of(site, state), &cache(state)) {
        Usual::Dnf | Usual::DnfInstead(_) => None, // of the latter each image says so
        Usual::Mic(tool, At::Host) => Some(format!(
            "{} says: the kickstart is root of this machine (--builder dnf: of nothing)",
            by(tool)
        )),
        Usual::Mic(tool, At::Vm) => Some(format!("{} says, each in a virtual machine", by(tool))),
    }
}

/// Returns where mic keeps packages when nobody says it.
fn cache(state: &State) -> PathBuf {
    state.cache().join("mic")
}

/// Reads how a machine that need not be configured wants mic called on it.
pub(crate) fn settings_of_machine(tool: Tool, cache: &Path) -> Settings {
    settings(&of_machine(), tool, At::Host, cache)
}

fn of_machine() -> Configuration {
    let file = std::env::var_os("IMG_CONFIG").map(PathBuf::from);
    Configuration::read(&Sources::of_machine(file.as_deref()))
}

/// Reads how a site wants mic called.
///
/// A virtual machine has a cache of its own, since those who find a dead build's note there clear up after it where they are
/// themselves; and it works on its own disk.
fn settings(site: &Configuration, tool: Tool, at: At, cache: &Path) -> Settings {
    let path = |key| site.text("worker", key).map(PathBuf::from);
    let mut cache = path("mic_cachedir").unwrap_or_else(|| cache.to_owned());
    let mut tmp = path("img_tmp");
    if at == At::Vm {
        cache.push("vm");
        tmp = Some(TMP_OF_VM.into());
    }
    let usual = Settings::usual(tool, cache);
    Settings {
        program: path("mic_program").unwrap_or(usual.program),
        options: site.list("worker", "mic_opts"),
        tmp,
        limit: site::seconds(site, "worker", "timeout"),
        ..usual
    }
}
