//! Whether what the configuration names works.

use std::collections::BTreeSet;

use cli::{DoctorArguments, DoctorLine};
use config::{Configuration, Sources};

use crate::site;

/// Says whether what the configuration has every build do can be done; what is not configured is not there.
pub(super) async fn settings(arguments: &DoctorArguments) -> Vec<DoctorLine> {
    let of_machine = Sources::of_machine(arguments.here.config.as_deref());
    let mut site = Configuration::read(&Sources { participant: Some("build_image".into()), ..of_machine });
    let line = |name: &str, reason: Option<String>| DoctorLine {
        name: name.to_owned(),
        works: Some(reason.is_none()),
        reason,
        packages: BTreeSet::new(),
    };
    let mistakes: Vec<_> = site.mistakes().iter().map(ToString::to_string).collect();
    let broken = (!mistakes.is_empty()).then(|| line("configuration", Some(mistakes.join("; "))));
    let known = site.mistakes().len();
    let program = site.program("worker", "post_creation");
    let wrong = site.mistakes().get(known).map(ToString::to_string);
    let options = site.list("worker", "mic_opts");
    let refused = || builder_dnf::check_options(&options).err();
    let program = program.map(|_| line("post_creation", wrong));
    let options = (!options.is_empty()).then(|| line("mic_opts", refused()));
    let ldap = ldap(&mut site).await;
    broken.into_iter().chain(program).chain(options).chain(ldap).collect()
}

/// Looks whether the directory that people log in by answers, where there is one.
async fn ldap(site: &mut Configuration) -> Option<DoctorLine> {
    let known = site.mistakes().len();
    let directory = site::directory(site);
    let wrong = site.mistakes().get(known).map(ToString::to_string);
    let (works, reason) = match (directory, wrong) {
        (None, None) => return None,
        (_, Some(wrong)) => (false, Some(wrong)),
        (Some(directory), None) => match directory.look().await {
            Ok(()) if directory.tells() => (true, Some(format!("{} answers", directory.name()))),
            Ok(()) => {
                let untold = "without [ldap] bind_dn nobody is asked who is still there";
                (true, Some(format!("{} answers; {untold}", directory.name())))
            }
            Err(error) => (false, Some(format!("{:#}", anyhow::Error::new(error)))),
        },
    };
    Some(DoctorLine { name: "ldap".into(), works: Some(works), reason, packages: BTreeSet::new() })
}
