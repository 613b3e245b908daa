//! Which builder makes an image: dnf, or the mic of a site that trusts it.
//!
//! dnf needs no root and contains what a kickstart does; on the host, mic gives every kickstart root. So mic is taken only
//! where somebody says so: whoever runs `img build --builder mic`, or the configuration of the site.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use builder_mic::{MicBuilder, Settings, Tool};
use child::Priority;
use config::{Configuration, Sources};
use imaging::{Build, BuildRequest, BuilderError, ImageBuilder, Watch};
use place_host::Host;

use crate::site;
use crate::state::State;

/// The word of a workitem's options that names a builder; mic has none of this name.
pub(crate) const OPTION: &str = "--builder=";

/// A builder that hands each image to one of two.
pub(crate) struct Choice {
    dnf: Box<dyn ImageBuilder>,
    usual: Usual,
    /// Whether the options of an image may name another than the usual one.
    may_choose: bool,
    settings: Box<dyn Fn(Tool) -> Settings + Send + Sync>,
    priority: Priority,
}

/// What makes images of which nobody says more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Usual {
    Dnf,
    /// dnf, although the site wants another; the sentence says why.
    DnfInstead(String),
    Mic(Tool),
    /// Nothing; the sentence says why.
    Nobody(String),
}

impl Choice {
    /// Lets whoever runs this program choose.
    pub(crate) fn of_person(
        dnf: Box<dyn ImageBuilder>,
        site: &Configuration,
        state: &State,
        priority: Priority,
    ) -> Choice {
        let (site, cache) = (site.clone(), cache(state));
        Choice {
            dnf,
            usual: Usual::Dnf,
            may_choose: true,
            settings: Box::new(move |tool| settings(&site, tool, &cache)),
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
        let wish = Wish {
            builder: site.text("worker", "builder").unwrap_or_default().to_lowercase(),
            ict: site.text("worker", "ict").and_then(|word| tool(&word.to_lowercase())),
            use_kvm: site.yes("worker", "use_kvm"),
        };
        let usual = usual(&wish, &|tool| settings(&site, tool, &cache).program.exists());
        match &usual {
            Usual::DnfInstead(why) | Usual::Nobody(why) => tracing::warn!("{why}"),
            Usual::Mic(tool) => tracing::info!("{} makes images, as root of this machine", tool.name()),
            Usual::Dnf => {}
        }
        let settings = Box::new(move |tool| settings(&site, tool, &cache));
        Choice { dnf, usual, may_choose: false, settings, priority }
    }

    /// Tells whether dnf makes images of which nobody says more.
    pub(crate) fn is_dnf(&self) -> bool {
        matches!(self.usual, Usual::Dnf | Usual::DnfInstead(_))
    }

    fn mic(&self, tool: Tool) -> MicBuilder {
        MicBuilder::new(Box::new(Host::new().behind_others(self.priority)), (self.settings)(tool))
    }

    /// Chooses for one image, and takes the word about it out of its options.
    fn choose(&self, request: &mut BuildRequest) -> Result<Usual, String> {
        let mut named = None;
        request.extra_opts.retain(|option| match option.strip_prefix(OPTION) {
            Some(name) => {
                named = Some(name.to_owned());
                false
            }
            None => true,
        });
        let Some(name) = named.filter(|name| name != "auto") else { return Ok(self.usual.clone()) };
        let chosen = match (name.as_str(), tool(&name)) {
            ("dnf", _) => Usual::Dnf,
            (_, Some(tool)) => Usual::Mic(tool),
            _ => return Err(format!("there is no builder `{name}`: there are dnf, mic and mic2")),
        };
        match self.may_choose || chosen == self.usual {
            true => Ok(chosen),
            false => Err(format!(
                "{OPTION}{name} is not for a workitem to say: [worker] builder of this worker says it"
            )),
        }
    }
}

#[async_trait]
impl ImageBuilder for Choice {
    async fn build(&self, request: &BuildRequest, watch: &dyn Watch) -> Result<Build, BuilderError> {
        let mut request = request.clone();
        match self.choose(&mut request) {
            Err(reason) | Ok(Usual::Nobody(reason)) => Ok(Build::Failed { reason }),
            Ok(Usual::Dnf) => self.dnf.build(&request, watch).await,
            Ok(Usual::Mic(tool)) => self.mic(tool).build(&request, watch).await,
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
        let tools = [Tool::Mic, Tool::Mic2].map(|tool| self.mic(tool));
        if let Some(mic) = tools.iter().find(|mic| mic.was_in(folder)) {
            return mic.sweep(folder).await;
        }
        match self.dnf.sweep(folder).await {
            Err(_) if self.may_choose || matches!(self.usual, Usual::Mic(_)) => tools[0].sweep(folder).await,
            swept => swept,
        }
    }
}

/// What a configuration says about builders.
#[derive(Clone, Debug, Default)]
struct Wish {
    builder: String,
    ict: Option<Tool>,
    use_kvm: bool,
}

/// Decides what makes the images of a site.
///
/// `builder` is meant as it is said. `ict` comes out of files that are older than this program: a machine without that
/// mic makes images all the same, and so does one whose mic was to be shut into a virtual machine; each image says so.
fn usual(wish: &Wish, is_there: &dyn Fn(Tool) -> bool) -> Usual {
    const KVM: &str = "[worker] use_kvm asks for a virtual machine, where this version runs no mic";
    match (wish.builder.as_str(), tool(&wish.builder), wish.ict) {
        (_, Some(_), _) if wish.use_kvm => Usual::Nobody(format!(
            "{KVM}: set it to no to run mic on this machine, where kickstarts are root, or builder to dnf"
        )),
        (_, Some(tool), _) => Usual::Mic(tool),
        ("dnf", ..) | (_, None, None) => Usual::Dnf,
        (_, None, Some(_)) if wish.use_kvm => {
            Usual::DnfInstead(format!("{KVM}: dnf makes the images, in a user namespace"))
        }
        (_, None, Some(tool)) if is_there(tool) => Usual::Mic(tool),
        (_, None, Some(tool)) => Usual::DnfInstead(format!(
            "[worker] ict asks for {}, which is not on this machine: dnf makes the images, in a user namespace",
            tool.name()
        )),
    }
}

fn tool(word: &str) -> Option<Tool> {
    [Tool::Mic, Tool::Mic2].into_iter().find(|tool| tool.name() == word)
}

/// Returns where mic keeps packages when nobody says it.
fn cache(state: &State) -> PathBuf {
    state.cache().join("mic")
}

/// Reads how a machine that need not be configured wants mic called.
pub(crate) fn settings_of_machine(tool: Tool, cache: &Path) -> Settings {
    let file = std::env::var_os("IMG_CONFIG").map(PathBuf::from);
    settings(&Configuration::read(&Sources::of_machine(file.as_deref())), tool, cache)
}

/// Reads how a site wants mic called.
fn settings(site: &Configuration, tool: Tool, cache: &Path) -> Settings {
    let path = |key| site.text("worker", key).map(PathBuf::from);
    let usual = Settings::usual(tool, path("mic_cachedir").unwrap_or_else(|| cache.to_owned()));
    Settings {
        program: path("mic_program").unwrap_or(usual.program),
        options: site.list("worker", "mic_opts"),
        tmp: path("img_tmp"),
        limit: site::seconds(site, "worker", "timeout"),
        ..usual
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_has_the_builder_it_asks_for_or_is_told_which_instead() {
        let (mic, mic2) = (Some(Tool::Mic), Some(Tool::Mic2));
        for (builder, ict, use_kvm, installed, expected) in [
            ("auto", None, false, true, "dnf"),
            ("auto", mic, false, true, "mic"),
            ("auto", mic2, false, true, "mic2"),
            ("auto", mic, false, false, "dnf instead"),
            ("auto", mic, true, true, "dnf instead"),
            ("auto", None, true, true, "dnf"),
            ("dnf", mic, false, true, "dnf"),
            ("mic", None, false, false, "mic"),
            ("mic2", mic, false, true, "mic2"),
            ("mic", None, true, true, "nobody"),
            ("", None, false, true, "dnf"),
        ] {
            let wish = Wish { builder: builder.into(), ict, use_kvm };
            let found = match usual(&wish, &|_| installed) {
                Usual::Dnf => "dnf",
                Usual::DnfInstead(_) => "dnf instead",
                Usual::Mic(tool) => tool.name(),
                Usual::Nobody(_) => "nobody",
            };
            assert_eq!(found, expected, "{wish:?} {installed}");
        }
    }

    #[test]
    fn a_workitem_chooses_only_where_it_may() {
        let of = |usual, may_choose| Choice {
            dnf: Box::new(imaging::testing::Canned::Makes),
            usual,
            may_choose,
            settings: Box::new(|tool| Settings::usual(tool, PathBuf::from("/nowhere"))),
            priority: Priority::default(),
        };
        let ask = |choice: &Choice, options: &[&str]| {
            let mut request = BuildRequest {
                image_id: imaging::ImageId::reduce("x").unwrap(),
                name: imaging::ImageName::parse("x").unwrap(),
                image_type: imaging::ImageType::Raw,
                arch: "x86_64".parse().unwrap(),
                kickstart: String::new(),
                added_lines: Vec::new(),
                tokens: Vec::new(),
                extra_opts: options.iter().map(|option| (*option).to_owned()).collect(),
                folder: "/x".into(),
                log: "/x/log".into(),
                post_creation: None,
            };
            choice.choose(&mut request).map(|usual| (usual, request.extra_opts))
        };
        let (person, site) = (of(Usual::Dnf, true), of(Usual::Dnf, false));

        assert_eq!(ask(&person, &["-v", "--builder=mic"]), Ok((Usual::Mic(Tool::Mic), vec!["-v".into()])));
        assert_eq!(ask(&site, &["--builder=auto"]), Ok((Usual::Dnf, vec![])));
        assert_eq!(ask(&site, &["--builder=dnf"]), Ok((Usual::Dnf, vec![])));
        assert!(ask(&site, &["--builder=mic"]).unwrap_err().contains("is not for a workitem to say"));
        assert!(ask(&person, &["--builder=yum"]).unwrap_err().contains("there are dnf, mic and mic2"));
        assert_eq!(ask(&of(Usual::Mic(Tool::Mic), false), &[]), Ok((Usual::Mic(Tool::Mic), vec![])));
    }
}
