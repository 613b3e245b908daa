//! `build_image`: dnf in a user namespace, or mic where somebody says so.

use std::path::PathBuf;
use std::sync::Arc;

use build_image::{BuildImage, Folders};
use builder_dnf::{DnfBuilder, Limits, LocalSources, Reach};
use child::{Most, Network, Pens, Priority};
use config::Configuration;
use imaging::ImageBuilder;
use participant_core::Participant;
use place_userns::Userns;

use super::choice::Choice;
use super::kind::Host;
use crate::state::State;

/// Makes the participant of one machine; images may go where the one who asks says, because that is the one who runs
/// this program.
pub(crate) fn build_image(
    site: &Configuration,
    state: &State,
    builder: Box<dyn ImageBuilder>,
    owner: &str,
) -> Arc<dyn Participant> {
    let mut folders = Folders::local(state.images());
    folders.outdir_allowed = true;
    Arc::new(BuildImage {
        builder: Box::new(Choice::of_person(builder, site, state, priority(site))),
        folders,
        owner: owner.to_owned(),
        fs_pack: site.text("worker", "fs_pack"),
        options: Vec::new(),
        post_creation: None,
    })
}

/// Makes the participant from `[worker]`.
pub(crate) fn of_site(site: &Configuration, host: &Host) -> Arc<dyn Participant> {
    let mut folders = Folders::local(images(site, host));
    if let Some(url) = site.text("worker", "base_url") {
        folders.base_url = url;
    }
    let options = site.list("worker", "mic_opts");
    let builder = (host.builders)(&host.state, bounds(site));
    let builder = Box::new(Choice::of_site(builder, site, &host.state, priority(site)));
    if builder.is_dnf()
        && let Err(why) = builder_dnf::check_options(&options)
    {
        tracing::warn!("[worker] mic_opts: {why}; until that is mended, every build is refused");
    }
    Arc::new(BuildImage {
        builder,
        folders,
        owner: host.owner.clone(),
        fs_pack: site.text("worker", "fs_pack"),
        options,
        post_creation: site.text("worker", "post_creation").map(PathBuf::from),
    })
}

/// Returns where the images of a site are.
pub(super) fn images(site: &Configuration, host: &Host) -> PathBuf {
    site.text("worker", "base_dir").map_or_else(|| host.state.images(), PathBuf::from)
}

/// What the builds of a program may take and reach; by default, as for whoever builds at a terminal, what there is.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// How far they stand back behind what else the machine does.
    pub priority: Priority,
    /// What they reach.
    pub reach: Reach,
    /// What each of them may take.
    pub limits: Limits,
    /// So many percent of the free memory their files may take; as the builder has it unless told.
    pub work_memory: Option<u8>,
}

impl Bounds {
    /// Takes what somebody set for this machine, which whoever builds at a terminal keeps to as well. What nobody set is open
    /// to them: they run this program, and may do what it does.
    pub(crate) fn of_person(site: &Configuration) -> Bounds {
        let is_set = |key| site.is_set("worker", key);
        let (of_site, open) = (bounds(site), Bounds::default());
        let narrowed = narrows_scripts(site);
        let reach = Reach {
            scripts: if narrowed { of_site.reach.scripts } else { open.reach.scripts },
            local_sources: match is_set("local_sources") {
                true => of_site.reach.local_sources,
                false => open.reach.local_sources,
            },
        };
        let keep_free = if is_set("keep_free") { of_site.limits.keep_free } else { open.limits.keep_free };
        Bounds { reach, limits: Limits { keep_free, ..of_site.limits }, ..of_site }
    }
}

/// Tells whether somebody has said what scripts reach.
pub(super) fn narrows_scripts(site: &Configuration) -> bool {
    ["scripts_network", "closed_networks"].iter().any(|key| site.is_set("worker", key))
}

/// Reads them.
fn bounds(site: &Configuration) -> Bounds {
    Bounds {
        priority: priority(site),
        reach: reach(site),
        limits: limits(site),
        work_memory: work_memory(site),
    }
}

/// Reads how much of the free memory their files may take.
fn work_memory(site: &Configuration) -> Option<u8> {
    site.number("worker", "work_memory").and_then(|percent| percent.try_into().ok())
}

/// Reads what each build may take.
fn limits(site: &Configuration) -> Limits {
    let most = Most {
        memory: site.bytes("worker", "memory_limit"),
        cpu_percent: site.percent("worker", "cpu_limit"),
        processes: site.number("worker", "process_limit").filter(|processes| *processes > 0),
    };
    if most.is_limited()
        && let Err(why) = Pens::find()
    {
        let instead = if most.processes.is_some() {
            ", but for process_limit, which each script has by itself"
        } else {
            ""
        };
        tracing::warn!("[worker] memory_limit, cpu_limit and process_limit do not count{instead}: {why}");
    }
    let (keep_free, disk) = (site.bytes("worker", "keep_free"), site.bytes("worker", "disk_limit"));
    Limits { keep_free: keep_free.unwrap_or_default(), disk, most }
}

/// Reads what builds reach.
pub(crate) fn reach(site: &Configuration) -> Reach {
    let list = |key| site.list("worker", key);
    let scripts = match site.text("worker", "scripts_network").unwrap_or_default().to_lowercase().as_str() {
        "none" => Network::None,
        "host" => Network::Host,
        // what is no network was noted when it was read
        _ => Network::Outside(list("closed_networks").iter().filter_map(|net| net.parse().ok()).collect()),
    };
    let sources = list("local_sources");
    let local_sources = match sources.iter().any(|source| source.eq_ignore_ascii_case("all")) {
        true => LocalSources::All,
        false => LocalSources::Only(sources),
    };
    Reach { scripts, local_sources }
}

/// Reads how far builds stand back behind what else the machine does.
fn priority(site: &Configuration) -> Priority {
    let nice = site.number("worker", "nice").map_or(0, |steps| u8::try_from(steps).unwrap_or(19));
    Priority {
        nice,
        idle_io: site.text("worker", "ionice").is_some_and(|word| word.eq_ignore_ascii_case("idle")),
    }
}

/// Makes the builder that makes real images.
pub fn real_builder(state: &State, bounds: Bounds) -> Box<dyn ImageBuilder> {
    let place = Box::new(Userns::new().behind_others(bounds.priority));
    let builder = DnfBuilder::new(place, state.cache()).reaching(bounds.reach).within(bounds.limits);
    Box::new(match bounds.work_memory {
        Some(percent) => builder.in_memory(percent),
        None => builder,
    })
}
