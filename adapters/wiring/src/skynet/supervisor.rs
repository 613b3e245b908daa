//! The file supervisor had for a participant of old.

use std::path::Path;

use anyhow::{Context, Result, bail};
use config::Ini;

use super::installed::Installed;
use super::name_of;
use crate::participants::name_of_code;

/// What SkyNET wrote into every file, and nothing here reads.
const USUAL: &[&str] = &["PYTHONUNBUFFERED", "PYTHONPATH", "HOME", "USER"];

/// Reads `[program:NAME]` and `[participant]`; returns also what a person should know.
pub(super) fn read(file: &Path) -> Result<(Installed, Vec<String>)> {
    let ini = Ini::read(file)?;
    let programs: Vec<_> = ini.sections().filter(|section| section.starts_with("program:")).collect();
    let [program] = programs.as_slice() else {
        bail!("{}: it should have one section [program:NAME], and has {}", file.display(), programs.len());
    };
    // supervisor fills in %(program_name)s itself: such values are taken as they stand
    let text = |section: &str, key: &str| {
        ini.raw(section, key).and_then(|value| value.text.clone()).filter(|text| !text.is_empty())
    };
    let of_participant = |key| text("participant", key);
    let name = of_participant("name").unwrap_or_else(|| program["program:".len()..].to_owned());
    let Some(code) = of_participant("code") else {
        bail!("{}: [participant] code is missing: this is not the file of a participant", file.display());
    };
    let same = |value: &String| *value != name;
    let user = text(program, "user").filter(|user| user != "nobody");
    let instances = text(program, "numprocs").and_then(|number| number.parse().ok());
    let environment = text(program, "environment").and_then(|text| left_out(&text)).map(|names| {
        let file = file.display();
        format!("the environment of {file} is not taken over: write {names} into {name}.env, a line each")
    });
    let others = ini.sections().filter(|section| section != program && *section != "participant");
    let others = others.map(|section| {
        let at = ini.section_at(section).expect("it was listed");
        format!("{at}: [{section}] is not taken over: move it into {name}.conf beside skynet.conf")
    });
    let warnings = environment.into_iter().chain(others).collect();
    let installed = Installed {
        code: name_of_code(&code).to_owned(),
        queue: of_participant("queue").filter(same),
        regexp: of_participant("regexp").filter(same),
        concurrency: instances.filter(|number| *number != 1),
        user,
        name: name_of(&name).with_context(|| file.display().to_string())?.to_owned(),
    };
    Ok((installed, warnings))
}

/// Returns the names in `A=1,B="2,3"` that somebody may miss; no value, for it may be a password.
fn left_out(environment: &str) -> Option<String> {
    let mut quote = None;
    let pairs = environment.split(|sign: char| {
        match (quote, sign) {
            (None, '"' | '\'') => quote = Some(sign),
            (Some(open), _) if open == sign => quote = None,
            _ => {}
        }
        quote.is_none() && (sign == ',' || sign == '\n')
    });
    let names = pairs.filter_map(|pair| Some(pair.split_once('=')?.0.trim()));
    let names: Vec<_> = names.filter(|name| !USUAL.contains(name)).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "[program:arm]\ncommand = /usr/bin/skynet_exo /etc/supervisor/conf.d/arm.conf\n\
        process_name = %(program_name)s_%(process_num)s\nnumprocs = 3\nuser = img\numask = 022\nautostart = true\n\
        stdout_logfile = /var/log/supervisor/%(program_name)s_%(process_num)s.log\n\
        environment = PYTHONUNBUFFERED=1,HOME=\"/home/img\",USER=\"img\"\n\n\
        [participant]\nuser_managed = true\nname = arm\nqueue = arm_queue\nregexp = arm\ncode = /usr/share/boss-skynet/build_image.py\n";

    #[test]
    fn supervisors_file_is_understood() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("arm.conf");
        std::fs::write(&file, OLD).unwrap();
        let (installed, warnings) = read(&file).unwrap();
        assert_eq!(warnings, [""; 0]);
        assert_eq!(
            installed,
            Installed {
                name: "arm".into(),
                queue: Some("arm_queue".into()),
                regexp: None,
                code: "build_image".into(),
                concurrency: Some(3),
                user: Some("img".into()),
            }
        );
        for (text, words) in [
            ("[participant]\nname = x\n", "has 0"),
            ("[program:x]\nuser = img\n", "code is missing"),
            ("[program:x]\n[participant]\nname = ../x\ncode = build_ks.py\n", "is no name of a participant"),
        ] {
            std::fs::write(&file, text).unwrap();
            let error = format!("{:#}", read(&file).unwrap_err());
            assert!(error.contains(words) && error.contains("arm.conf"), "{error}");
        }
    }

    #[test]
    fn what_is_not_taken_over_is_said_without_its_value() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("arm.conf");
        std::fs::write(&file, format!("{OLD}[worker]\nbase_dir = /srv\n").replace("USER=", "TOKEN="))
            .unwrap();
        let name = file.display();
        assert_eq!(
            read(&file).unwrap().1,
            [
                format!("the environment of {name} is not taken over: write TOKEN into arm.env, a line each"),
                format!("{name}:17: [worker] is not taken over: move it into arm.conf beside skynet.conf"),
            ]
        );
        for (environment, expected) in [
            ("PYTHONUNBUFFERED=1,HOME=\"/home/img\",USER=\"img\"", None),
            ("HOME=/x,TOKEN='a,B=b',http_proxy=\"http://x,C=1\" , D=1", Some("TOKEN, http_proxy, D")),
            ("A=1\nB=2", Some("A, B")),
            ("", None),
        ] {
            assert_eq!(left_out(environment).as_deref(), expected, "{environment}");
        }
    }
}
