//! The file supervisor had for a participant of old.

use std::path::Path;

use anyhow::{Result, bail};
use config::Ini;

use super::installed::Installed;
use super::name_of;
use crate::participants::name_of_code;

/// Reads `[program:NAME]` and `[participant]`.
pub(super) fn read(file: &Path) -> Result<Installed> {
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
    Ok(Installed {
        code: name_of_code(&code).to_owned(),
        queue: of_participant("queue").filter(same),
        regexp: of_participant("regexp").filter(same),
        concurrency: instances.filter(|number| *number != 1),
        user,
        name: name_of(&name)?.to_owned(),
    })
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
        assert_eq!(
            read(&file).unwrap(),
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
            let error = read(&file).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
