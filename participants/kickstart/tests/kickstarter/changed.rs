//! Whole families with lines of them changed: nothing panics, and what still comes of them is sound.

use std::path::{Path, PathBuf};

use img_kickstart::kickstarter::{Kickstarter, Wanted};
use img_kickstart::{Diagnostic, Found, Kickstart, check};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

use crate::shelf::Disk;

fn cases() -> Vec<(PathBuf, Vec<(String, String)>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kickstarter/cases");
    let read = |case: PathBuf| {
        let files = std::fs::read_dir(&case).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files
            .filter(|file| file.extension().is_some_and(|ending| ending == "yaml"))
            .map(|file| {
                (
                    file.file_name().unwrap().to_str().unwrap().to_owned(),
                    std::fs::read_to_string(file).unwrap(),
                )
            })
            .collect();
        files.sort();
        (case, files)
    };
    let mut cases: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| read(entry.unwrap().path())).collect();
    cases.sort();
    cases
}

/// One change: of which file, at which line, and what becomes of it.
type Change = (usize, usize, u8, String);

fn change(files: &mut [(String, String)], (file, line, how, text): &Change) {
    let count = files.len();
    let mut lines: Vec<String> = files[file % count].1.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return;
    }
    let at = line % lines.len();
    match how % 6 {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at].clone()),
        2 => lines.swap(at, 0),
        3 => lines[at].push_str(text),
        4 => lines[at] = lines[at].split_once(':').map_or(text.clone(), |(key, _)| format!("{key}: {text}")),
        _ => lines[at].insert_str(0, "  "),
    }
    files[file % count].1 = lines.iter().map(|line| format!("{line}\n")).collect();
}

#[test]
fn changed_families_are_refused_or_sound() {
    let cases = cases();
    let text = prop_oneof![
        "[ -~]{0,10}",
        Just("[]".to_owned()),
        Just("{ a: b }".to_owned()),
        Just("[x, y]".to_owned())
    ];
    let changes = prop::collection::vec((any::<usize>(), any::<usize>(), any::<u8>(), text), 1..3);
    let config = ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }; // the same each time
    let (mut sound, mut refused) = (0, 0);
    let mut runner = TestRunner::new(config);
    let strategy = (any::<usize>(), changes);
    for _ in 0..1500 {
        use proptest::strategy::ValueTree;
        let (case, changes) = strategy.new_tree(&mut runner).unwrap().current();
        let (folder, mut files) = cases[case % cases.len()].clone();
        changes.iter().for_each(|what| change(&mut files, what));
        let files: Vec<Found> =
            files.into_iter().map(|(name, text)| Found { name, text: text.into_bytes() }).collect();
        let mut disk = Disk(folder);
        let wanted = Wanted { flavour: Some(img_kickstart::kickstarter::Flavour::Rnd), ..Wanted::default() };
        let made = Kickstarter::read(&files, &mut disk).and_then(|yaml| yaml.generate(&wanted, &mut disk));
        match made {
            Ok(made) => {
                for made in &made {
                    let found = check(&Kickstart::parse(made.kickstart.as_str()));
                    assert!(!found.iter().any(Diagnostic::is_error), "{changes:?}: {found:?}");
                    assert!(
                        made.path.split('/').all(|part| !part.is_empty() && !part.starts_with('.')),
                        "{changes:?}: {}",
                        made.path
                    );
                }
                sound += 1;
            }
            Err(mistakes) => {
                assert!(
                    mistakes.0.iter().all(|mistake| mistake.line > 0 && !mistake.message.is_empty()),
                    "{mistakes}"
                );
                refused += 1;
            }
        }
    }
    assert!(sound > 150 && refused > 150, "{sound} sound, {refused} refused");
}
