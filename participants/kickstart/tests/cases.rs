//! A folder of cases for each command and section: `tests/cases/NAME/*.ks`.
//!
//! Beside `x.ks` stands `x.txt` with what is found in it, a line each; without one nothing must be found. Where there
//! is an `x.formatted`, it is the canonical form. The first line may name a dialect, `# dialect: rhel9`. A new case is a
//! new file; `IMG_BLESS=1` writes what is found, to be read before it is kept.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use img_kickstart::{Dialect, Kickstart, Rules, check_with, table};

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

#[test]
fn every_case_says_what_is_written_beside_it() {
    let bless = std::env::var_os("IMG_BLESS").is_some();
    let mut wrong = Vec::new();
    for case in files(&cases()).iter().flat_map(|folder| files(folder)) {
        if case.extension().is_none_or(|extension| extension != "ks") {
            continue;
        }
        let text = std::fs::read(&case).unwrap();
        let ks = Kickstart::parse(&text);
        let first = String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned();
        let dialect = first.strip_prefix("# dialect: ").map_or(Dialect::Mic, |name| name.parse().unwrap());
        let found = check_with(&ks, &Rules::default().dialect(dialect));
        let name = case.file_name().unwrap().to_string_lossy();
        let said: String = found.iter().map(|found| found.one_line(&name) + "\n").collect();
        let beside = case.with_extension("txt");
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        if said != expected {
            if bless {
                std::fs::write(&beside, &said).unwrap();
            }
            wrong.push(format!("{}:\n{said}instead of\n{expected}", case.display()));
        }
        if let Ok(expected) = std::fs::read(case.with_extension("formatted")) {
            let formatted = ks.formatted();
            if formatted.as_bytes() != expected {
                if bless {
                    std::fs::write(case.with_extension("formatted"), formatted.as_bytes()).unwrap();
                }
                wrong.push(format!("{}: the canonical form is\n{formatted}", case.display()));
            }
        }
        assert_eq!(ks.as_bytes(), text, "{}", case.display());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_command_and_section_has_cases_that_are_sound_and_cases_that_are_not() {
    let there: BTreeSet<String> = files(&cases())
        .iter()
        .map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let rows = table::commands().chain(table::sections());
    let wanted: BTreeSet<String> = rows.map(|row| row.name.trim_start_matches('%').to_owned()).collect();
    assert_eq!(there, wanted, "a folder for each, and none for anything else");
    for name in &there {
        for case in ["sound.ks", "broken.ks", "broken.txt"] {
            assert!(cases().join(name).join(case).exists(), "{name}/{case}");
        }
        assert!(
            std::fs::read_to_string(cases().join(name).join("broken.txt")).unwrap().contains(": error: "),
            "{name}"
        );
    }
}
