use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use imaging::BuildRequest;
use imaging::testing::build_request;
use img_kickstart::table::{self, Opt, Row, Value};

use super::*;

/// What a page says becomes of a command, or of one of its options.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Honoured,
    WarnedAbout,
    Refused,
}

/// A command or section, and one of its options unless it is about the command itself.
type Topic = (String, Option<String>);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Reads the tables of docs/building.md: rows of topics, with the test that each row names.
fn page() -> Vec<(Fate, Topic, String)> {
    let text = std::fs::read_to_string(root().join("docs/building.md")).unwrap();
    let mut fate = None;
    let mut topics = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix('#') {
            fate = match heading.trim_start_matches('#').trim() {
                "What is honoured" => Some(Fate::Honoured),
                "What is warned about" => Some(Fate::WarnedAbout),
                "What is refused" => Some(Fate::Refused),
                _ => None,
            };
        }
        let (Some(fate), true) = (fate, line.starts_with("| `")) else { continue };
        let cells: Vec<_> = line.trim_matches('|').split(" | ").collect();
        // The second cell of the first table is for people.
        let words =
            cells.iter().take(if fate == Fate::Honoured { 1 } else { 2 }).flat_map(|cell| quoted(cell));
        let (options, commands): (Vec<_>, Vec<_>) = words.partition(|word| word.starts_with("--"));
        let test = cells.last().and_then(|cell| quoted(cell).next()).unwrap_or_default();
        for command in commands {
            let topic = |option: Option<&String>| (fate, (command.clone(), option.cloned()), test.clone());
            if options.is_empty() {
                topics.push(topic(None));
            }
            topics.extend(options.iter().map(|option| topic(Some(option))));
        }
    }
    topics
}

/// Returns what stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned)
}

/// Writes a command or section with an option, and with what it needs to mean something.
fn sample(row: &Row, option: Option<&Opt>) -> String {
    if row.name == "btrfs" {
        return btrfs(option);
    }
    let mut words = vec![row.name.to_owned()];
    let plain = if row.name.starts_with("part") { "/" } else { "x" };
    let instead = option.is_some_and(|option| row.unless.1.contains(&option.name));
    let count = if instead { row.arguments.0 } else { row.arguments.0.max(row.unless.0) };
    words.extend(std::iter::repeat_n(plain.to_owned(), count));
    let companions =
        COMPANIONS.iter().filter(|(name, of, _)| *name == row.name && option.is_some_and(|o| o.name == *of));
    let mut wanted: Vec<&str> = companions.map(|(_, _, with)| with[0]).collect();
    wanted.extend(row.options.iter().filter(|known| known.needed).map(|known| known.name));
    if !option.is_some_and(|option| row.one_of.contains(&option.name)) {
        wanted.extend(row.one_of.first());
    }
    if wanted.contains(&"--proxyuser") {
        wanted.push("--proxy");
    }
    let with = row.with.iter().filter(|(of, _)| option.is_some_and(|option| option.name == *of));
    wanted.extend(with.map(|(_, with)| with[0]));
    let wanted = wanted.into_iter().filter(|name| option.is_none_or(|option| option.name != *name));
    let wanted = wanted.filter_map(|name| row.options.iter().find(|known| known.name == name));
    words.extend(wanted.chain(option).map(|option| match option.value {
        Value::Flag => option.name.to_owned(),
        _ => format!("{}={}", option.name, value(option)),
    }));
    let end = if row.name.starts_with('%') { "\n%end" } else { "" };
    format!("{}{end}", words.join(" "))
}

/// A line of btrfs means something together with a partition, and with a volume when it is a subvolume.
fn btrfs(option: Option<&Opt>) -> String {
    let part = "part btrfs.01 --size=200";
    let option = option.map(|option| (option.name, format!("{}={}", option.name, value(option))));
    match option {
        Some(("--subvol" | "--snapshot" | "--name" | "--base" | "--parent", _)) => {
            let (name, word) = option.unwrap();
            let more = match name {
                "--snapshot" => "--snapshot --name=x --base=y".to_owned(),
                "--subvol" | "--name" => "--subvol --name=x".to_owned(),
                _ => format!("--subvol --name=x {word}"),
            };
            format!("btrfs / {more} LABEL=v\n{part}\nbtrfs none --label=v btrfs.01")
        }
        Some((name @ ("--quota" | "--noformat" | "--useexisting"), _)) => {
            format!("btrfs / {name} btrfs.01\n{part}")
        }
        Some((_, word)) => format!("btrfs / {word} btrfs.01\n{part}"),
        None => format!("btrfs / btrfs.01\n{part}"),
    }
}

fn value(option: &Opt) -> &'static str {
    match (option.name, option.value) {
        ("--fstype" | "--type", _) => "ext4",
        ("--uuid" | "--part-type", _) => "0f0e0d0c-0b0a-4908-8706-050403020100",
        ("--interpreter", _) => "/bin/sh",
        ("--baseurl" | "--mirrorlist" | "--metalink" | "--gpgkey", _) => "http://repo.example/x",
        (_, Value::Choice(of) | Value::Exact(of)) => of[0],
        (_, Value::Number | Value::Integer) => "5",
        (_, Value::YesNo) => "yes",
        _ => "x",
    }
}

fn request(image_type: ImageType, lines: &str) -> BuildRequest {
    let kickstart =
        format!("repo --name=base --baseurl=http://repo.example/b\n%packages\nbash\n%end\n{lines}\n");
    build_request(image_type, &kickstart)
}

/// Tells what really becomes of a line, which is the fifth.
fn fate(line: &str, about: &str) -> Fate {
    match crate::plan::plan(&request(ImageType::Raw, line)) {
        Err(_) => Fate::Refused,
        Ok(plan) => {
            let warned = plan.warnings.iter().any(|warning| {
                let words = |text: &str| text.split([' ', ',', '`', ':']).any(|word| word == about);
                warning.starts_with("line 5: ") && words(warning)
            });
            if warned { Fate::WarnedAbout } else { Fate::Honoured }
        }
    }
}

/// A new row of the language fails here until somebody has decided, and written down, what becomes of it.
#[test]
fn the_page_says_of_each_row_of_the_language_what_becomes_of_it() {
    let mut said: BTreeMap<Topic, Vec<Fate>> = BTreeMap::new();
    for (fate, topic, _) in page() {
        said.entry(topic).or_default().push(fate);
    }
    let mut wrong = Vec::new();
    for row in table::commands().chain(table::sections()) {
        let mut compare = |option: Option<&Opt>| {
            let topic = (row.name.to_owned(), option.map(|option| option.name.to_owned()));
            let about = option.map_or(row.name, |option| option.name);
            let real = fate(&sample(row, option), about);
            let fates = said.remove(&topic).unwrap_or_default();
            // Where a part of the command means something, a line without that part may mean nothing.
            let in_part = said.keys().any(|(name, _)| name == row.name);
            let silent = option.is_none() && fates.is_empty() && in_part && real == Fate::WarnedAbout;
            if fates != [real] && !silent {
                wrong.push(format!("{topic:?}: really {real:?}, the page says {fates:?}"));
            }
            fates
        };
        // Where all of a command means nothing, its options need no word of their own.
        if compare(None) != [Fate::WarnedAbout] {
            row.options.iter().for_each(|option| drop(compare(Some(option))));
        }
    }
    wrong.extend(said.keys().map(|topic| format!("{topic:?}: not in the language, or said twice")));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_the_page_calls_honoured_has_a_test_that_builds_an_image() {
    let folder = root().join("adapters/wiring/tests/builder_dnf");
    let tests = page().into_iter().filter(|(fate, _, _)| *fate == Fate::Honoured);
    for (_, topic, test) in tests {
        let (module, name) = test.split_once("::").unwrap_or_else(|| panic!("{topic:?} has no test"));
        let text = std::fs::read_to_string(folder.join(format!("{module}.rs"))).unwrap();
        assert!(text.contains(&format!("async fn {name}()")), "{topic:?}: there is no test {test}");
    }
}

/// The table of types is about tests that are there.
#[test]
fn each_letter_in_the_table_of_types_is_a_test() {
    let text = std::fs::read_to_string(root().join("docs/building.md")).unwrap();
    let section =
        text.split("\n## ").find(|section| section.starts_with("What is tested of each type")).unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let (types, tests): (Vec<_>, Vec<_>) = rows.partition(|line| line.starts_with("| `"));
    let tests = tests.into_iter().filter(|line| line.contains("::"));
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in tests {
        let letter = line.split_whitespace().nth(1).unwrap();
        known.insert(letter.into(), quoted(line).filter(|word| word.contains("::")).collect());
    }
    for name in known.values().flatten() {
        let (module, test) = name.split_once("::").unwrap();
        let folder = root().join("adapters/wiring/tests");
        let files = [folder.join(format!("{module}.rs")), folder.join(format!("builder_dnf/{module}.rs"))];
        let text: String = files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect();
        assert!(text.contains(&format!("fn {test}()")), "there is no test {name}");
    }
    assert_eq!(types.len(), ImageType::ALL.len() - 2, "all but those of flash memory");
    for line in types {
        let cells = line.trim_matches('|').split('|').skip(1);
        for letter in cells.flat_map(str::split_whitespace).filter(|letter| *letter != "–") {
            assert!(known.contains_key(letter), "{letter} in {line} is no test");
        }
    }
}

#[test]
fn what_says_nothing_here_is_warned_about() {
    let of = |form, lines: &str| crate::plan::plan(&request(form, lines)).unwrap().warnings;

    assert_eq!(
        of(
            ImageType::Loop,
            "part / --size=9 --maxsize=10 --active\nrepo --name=a --baseurl=http://x --disable --proxypasswd=x\n\
             lang fi_FI\nnetwork --hostname=a\nlang de_DE\nnetwork --hostname=b",
        ),
        [
            "line 5: `part`: --maxsize has no effect without --grow",
            "line 5: `part`: --active has no effect in loop images",
            "line 6: `repo`: --disable has no effect without --save",
            "line 6: `repo`: --proxypasswd has no effect without --proxyuser",
            "line 7: `lang` has no effect: line 9 says it again",
            "line 8: `network --hostname` has no effect: line 10 says it again",
        ]
    );
}
