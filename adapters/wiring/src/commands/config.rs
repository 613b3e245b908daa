//! `img config`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cli::{ConfigAnswer, ConfigArguments, ConfigCommand, ConfigMistake, ConfigShown, ValueLine};
use config::{Configuration, Mistake, Shown};

use crate::hosted::Hosted;
use crate::participants::Kind;
use crate::site;

/// Does what was asked for.
pub(crate) fn config(command: ConfigCommand) -> u8 {
    match command {
        ConfigCommand::Show(arguments) => show(&arguments),
        ConfigCommand::Check(arguments) => check(&arguments),
    }
}

/// Prints what is in force; whatever is wrong besides is said, too.
fn show(arguments: &ConfigArguments) -> u8 {
    let mut answer = ConfigAnswer { result: true, ..ConfigAnswer::default() };
    let mut shown = Vec::new();
    for name in names(&arguments.names) {
        let site = site::read(&arguments.site.config, name);
        note(&mut answer, &site);
        shown.push(ConfigShown {
            participant: name.map(str::to_owned),
            files: files(&site),
            values: site.shown().into_iter().map(line).collect(),
        });
    }
    cli::print_config(&shown, arguments.json);
    answer.print_remarks();
    u8::from(!answer.result)
}

/// Says what is wrong; nothing is opened or connected.
fn check(arguments: &ConfigArguments) -> u8 {
    let file = &arguments.site.config;
    let mut answer = ConfigAnswer { result: true, ..ConfigAnswer::default() };
    if arguments.names.is_empty() {
        let mut site = site::read(file, None);
        if ["amqp_host", "amqp_user", "amqp_pwd", "amqp_vhost"]
            .iter()
            .any(|key| site.text("boss", key).is_some())
        {
            site::broker(&mut site);
        }
        site::database(&mut site);
        site::people(&mut site);
        site::repositories(&mut site);
        note(&mut answer, &site);
        for name in own_files(file) {
            let mut site = site::read(file, Some(&name));
            // participants in other languages have their files here, too
            if Kind::find(&name, site.text("participant", "code").as_deref()).is_ok() {
                let _ = Hosted::check(&mut site, &name);
            }
            note(&mut answer, &site);
        }
    }
    for name in &arguments.names {
        let mut site = site::read(file, Some(name));
        if let Err(stranger) = Hosted::check(&mut site, name) {
            add(&mut answer, &Mistake { file: file.clone(), line: None, message: stranger.to_string() });
        }
        note(&mut answer, &site);
    }
    answer.print(arguments.json)
}

/// Returns whom to show: the site where nobody is named.
fn names(names: &[String]) -> Vec<Option<&str>> {
    if names.is_empty() { vec![None] } else { names.iter().map(|name| Some(name.as_str())).collect() }
}

/// Adds what was found in a configuration; what was found before is told once.
fn note(answer: &mut ConfigAnswer, site: &Configuration) {
    site.mistakes().iter().for_each(|mistake| add(answer, mistake));
    for warning in site.warnings() {
        if !answer.warnings.contains(warning) {
            answer.warnings.push(warning.clone());
        }
    }
    for file in files(site) {
        if !answer.files.contains(&file) {
            answer.files.push(file);
        }
    }
}

fn add(answer: &mut ConfigAnswer, mistake: &Mistake) {
    answer.result = false;
    let text = mistake.to_string();
    let Mistake { file, line, message } = mistake.clone();
    let new = ConfigMistake { file, line, message, text };
    if !answer.mistakes.contains(&new) {
        answer.mistakes.push(new);
    }
}

fn files(site: &Configuration) -> Vec<PathBuf> {
    site.files().map(Path::to_owned).collect()
}

/// Returns who has a file of their own beside that of the site, or was installed with one.
fn own_files(file: &Path) -> Vec<String> {
    let folder = file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let stems = |folder: &Path, ending: &'static str| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        let names = entries.map(|entry| PathBuf::from(entry.file_name()));
        let named = names.filter(move |name| name.extension().is_some_and(|found| found == ending));
        named.filter_map(|name| Some(name.file_stem()?.to_str()?.to_owned()))
    };
    let all =
        stems(folder, "conf").chain(stems(folder, "env")).chain(stems(&folder.join("participants"), "conf"));
    let site = file.file_stem().and_then(|stem| stem.to_str());
    let own: BTreeSet<_> = all.filter(|stem| Some(stem.as_str()) != site).collect();
    own.into_iter().collect()
}

fn line(shown: Shown) -> ValueLine {
    ValueLine {
        section: shown.section,
        key: shown.name,
        value: shown.value,
        hidden: shown.hidden,
        origin: shown.origin.to_string(),
        overrides: shown.overrides.iter().map(ToString::to_string).collect(),
        note: shown.note,
    }
}
