//! `img doctor`: what of all builds works on this machine, and what would make the rest work.

use std::collections::BTreeSet;
use std::path::Path;

use builder_dnf::{Ability, AbilityState, abilities};
use child::{Listen, Network, Pens, Place, Task};
use cli::{DoctorAnswer, DoctorArguments, DoctorLine};
use imaging::Arch;
use nix::unistd::geteuid;
use place_userns::Userns;
use tokio_util::sync::CancellationToken;

/// Looks, tries, and says it; returns the exit status.
pub(crate) async fn doctor(arguments: &DoctorArguments) -> u8 {
    let place = place().await;
    let (network, limits) = (network(), limits());
    let (arch, images) = match Arch::host() {
        Some(arch) => (arch.as_str().to_owned(), images(arch, arguments)),
        None => (std::env::consts::ARCH.to_owned(), Vec::new()),
    };
    let builder = builder(&place, images.is_empty());
    let lines = [&place, &network, &limits, &builder].into_iter().chain(&images);
    let result = lines.clone().all(|line| line.works != Some(false));
    let packages: BTreeSet<String> = lines.flat_map(|line| line.packages.iter().cloned()).collect();
    let answer = DoctorAnswer {
        result,
        arch,
        install: install(&packages),
        places: vec![place, network, limits],
        builders: vec![builder],
        images,
    };
    answer.print(arguments.json)
}

/// Runs a program where builds run: nothing else tells whether that works.
async fn place() -> DoctorLine {
    let place = Userns::new();
    let quiet = Listen { log: Path::new("/dev/null"), line: &|_| {}, stop: CancellationToken::new() };
    let reason = match place.check() {
        Err(reason) => Some(reason),
        Ok(()) => match place.run(&Task::new(["true"]), &quiet).await {
            Ok(ended) if ended.well() => None,
            Ok(ended) => Some(format!("a program failed there: {}", ended.tail.trim())),
            Err(error) => Some(error.to_string()),
        },
    };
    let known = [("bwrap", "bubblewrap"), ("newuidmap", "uidmap")];
    let missing = known.iter().filter(|(program, _)| {
        reason.as_ref().is_some_and(|reason| reason.starts_with(&format!("{program} is missing")))
    });
    let packages = missing.map(|(_, package)| (*package).to_owned()).collect();
    DoctorLine { name: "user namespace".into(), works: Some(reason.is_none()), reason, packages }
}

/// Looks whether scripts of a service can reach other machines only.
fn network() -> DoctorLine {
    let reason = Userns::new().check_network(&Network::Outside(Vec::new())).err();
    let is_missing = reason.as_ref().is_some_and(|reason| reason.starts_with("slirp4netns is missing"));
    let packages = is_missing.then(|| "slirp4netns".to_owned()).into_iter().collect();
    DoctorLine { name: "network of scripts".into(), works: Some(reason.is_none()), reason, packages }
}

/// Looks whether the memory of a build could be limited; only a service needs that, so it is nothing that is wrong here.
fn limits() -> DoctorLine {
    let reason = Pens::look().err();
    let works = reason.is_none().then_some(true);
    let name = "limits of builds".into();
    DoctorLine { name, works, reason, packages: BTreeSet::new() }
}

fn builder(place: &DoctorLine, no_arch: bool) -> DoctorLine {
    let reason = match place.works {
        _ if no_arch => Some("there are no images for this processor".into()),
        Some(false) => Some("it works in a user namespace".into()),
        _ => None,
    };
    DoctorLine { name: "dnf".into(), works: Some(reason.is_none()), reason, packages: BTreeSet::new() }
}

/// Returns what was asked about, or everything.
fn images(arch: Arch, arguments: &DoctorArguments) -> Vec<DoctorLine> {
    let asked = |ability: &Ability| {
        arguments.types.is_empty()
            || arguments.types.iter().any(|image_type| ability.name == image_type.as_str())
    };
    abilities(arch).into_iter().filter(asked).map(line).collect()
}

fn line(Ability { name, state }: Ability) -> DoctorLine {
    let (works, reason, packages) = match state {
        AbilityState::Works => (Some(true), None, BTreeSet::new()),
        AbilityState::Never(why) => (None, Some(why), BTreeSet::new()),
        AbilityState::Lacks(tools) => {
            let programs: Vec<_> = tools.iter().map(|(program, _)| *program).collect();
            let verb = if programs.len() == 1 { "is" } else { "are" };
            let packages = tools.iter().map(|(_, package)| (*package).to_owned()).collect();
            (Some(false), Some(format!("{} {verb} missing", programs.join(", "))), packages)
        }
    };
    DoctorLine { name, works, reason, packages }
}

/// Writes the command that installs packages.
fn install(packages: &BTreeSet<String>) -> Option<String> {
    let names: Vec<&str> = packages.iter().map(String::as_str).collect();
    let sudo = if geteuid().is_root() { "" } else { "sudo " };
    (!names.is_empty()).then(|| format!("{sudo}apt-get install --no-install-recommends {}", names.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_the_command_that_installs_it() {
        let state = AbilityState::Lacks(vec![("mksquashfs", "squashfs-tools"), ("xorriso", "xorriso")]);

        let line = line(Ability { name: "livecd".into(), state });

        assert_eq!(line.reason.as_deref(), Some("mksquashfs, xorriso are missing"));
        let command = install(&line.packages).unwrap();
        assert!(
            command.ends_with("apt-get install --no-install-recommends squashfs-tools xorriso"),
            "{command}"
        );
        assert_eq!(install(&BTreeSet::new()), None);
    }
}
