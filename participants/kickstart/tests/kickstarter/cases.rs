//! A folder a family: its YAML files, what they name, and what must come of them.

use std::path::Path;

use img_kickstart::kickstarter::{Kickstarter, Wanted};
use img_kickstart::{Diagnostic, Found, Kickstart, check};

use crate::shelf::Disk;

/// Every `*.yaml` of a case is given; `wanted` has lines `flavour=` and `only=`; `expected` holds the kickstarts and the
/// warnings. With `IMG_WRITE_CASES` in the environment these are written, for a person to read.
#[test]
fn families_come_out_as_expected() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kickstarter/cases");
    let mut count = 0;
    for case in std::fs::read_dir(cases).unwrap() {
        let case = case.unwrap().path();
        let mut files: Vec<_> =
            std::fs::read_dir(&case).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
        files.sort();
        let files: Vec<Found> = files
            .iter()
            .map(|file| Found {
                name: file.file_name().unwrap().to_str().unwrap().to_owned(),
                text: std::fs::read(file).unwrap(),
            })
            .collect();
        let wanted = wanted(&case);
        let mut disk = Disk(case.clone());
        let yaml = Kickstarter::read(&files, &mut disk).unwrap_or_else(|error| panic!("{error}"));
        let made = yaml.generate(&wanted, &mut disk).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(yaml.generate(&wanted, &mut disk).unwrap(), made, "the same again");
        let mut names = Vec::new();
        for made in &made {
            compare(&case.join("expected").join(made.path.replace('/', "_")), &made.kickstart);
            let found = check(&Kickstart::parse(made.kickstart.as_str()));
            assert!(!found.iter().any(Diagnostic::is_error), "{found:?}");
            let content = [&made.packages[..], &made.groups[..]].concat().join(", ");
            names.push(format!("{} -> {}: {content}\n", made.name, made.path));
        }
        names.extend(yaml.warnings().iter().map(|warning| format!("warning: {warning}\n")));
        names.extend(yaml.configurations().map(|(name, active)| format!("{name}: {active}\n")));
        compare(&case.join("expected/told"), &names.concat());
        count += 1;
    }
    assert!(count >= 2, "the cases are there");
}

fn wanted(case: &Path) -> Wanted {
    let mut wanted = Wanted::default();
    let text = std::fs::read_to_string(case.join("wanted")).unwrap_or_default();
    for line in text.lines() {
        match line.split_once('=').unwrap() {
            ("flavour", flavour) => wanted.flavour = Some(flavour.parse().unwrap()),
            ("only", name) => wanted.only.push(name.to_owned()),
            other => panic!("{other:?}"),
        }
    }
    wanted
}

fn compare(file: &Path, found: &str) {
    if std::env::var_os("IMG_WRITE_CASES").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, found).unwrap();
    }
    let expected =
        std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert_eq!(found, expected, "{}", file.display());
}
