//! The table is in order, and knows what mic and pykickstart know.

use std::collections::HashMap;

use img_kickstart::Dialect;
use img_kickstart::table::{self, Life, NEVER, Row, Span, Standing, Value};

fn rows() -> impl Iterator<Item = &'static Row> {
    table::commands().chain(table::sections())
}

#[test]
fn every_name_stands_in_the_table_once() {
    let mut names: Vec<&str> = rows().map(|row| row.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();

    assert_eq!(names.len(), all);
    for row in rows() {
        let options: Vec<&str> = row.options.iter().map(|option| option.name).collect();
        assert!(options.is_sorted_by(|a, b| a < b), "{}: {options:?}", row.name);
        assert!(options.iter().all(|option| option.starts_with("--")), "{}: {options:?}", row.name);
        let pairs = row.apart.iter().flat_map(|(one, other)| [one, other]);
        let with = row.with.iter().flat_map(|(one, others)| others.iter().chain([one]));
        assert!(
            row.one_of.iter().chain(pairs).chain(with).all(|name| options.contains(name)),
            "{}",
            row.name
        );
        assert!(row.arguments.0 <= row.arguments.1, "{}", row.name);
        assert!(table::command(row.name).or(table::section(row.name)).is_some(), "{}", row.name);
    }
}

#[test]
fn what_mic_adds_is_known() {
    let known: Vec<&str> = include_str!("fixtures/mic.txt").lines().filter(|l| !l.starts_with('#')).collect();
    assert!(known.len() > 8, "the fixture is not whole");
    for line in known {
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        let row =
            table::command(name).or(table::section(name)).unwrap_or_else(|| panic!("no row for {name}"));
        assert_eq!(row.life.standing(Dialect::Mic), Standing::Known, "{name}");
        for option in words {
            let (option, flag) = option.strip_suffix('=').map_or((option, true), |option| (option, false));
            let found = row.option(option).unwrap_or_else(|| panic!("{name} has no {option}"));
            assert_eq!(found.life.standing(Dialect::Mic), Standing::Known, "{name} {option}");
            assert_eq!(found.value == Value::Flag, flag, "{name} {option}");
        }
    }
}

/// One line of what pykickstart says of itself; tests/fixtures/list_commands.py tells how it is written.
struct Said<'a> {
    name: &'a str,
    option: Option<&'a str>,
    kind: &'a str,
    words: HashMap<&'a str, &'a str>,
}

impl<'a> Said<'a> {
    fn read(line: &'a str) -> Said<'a> {
        let mut words = line.split(' ').peekable();
        let name = words.next().unwrap();
        let option = words.next_if(|word| word.starts_with("--"));
        let kind = words.next().unwrap();
        Said {
            name,
            option,
            kind,
            words: words.map(|word| word.split_once('=').unwrap_or((word, ""))).collect(),
        }
    }

    /// Returns first and last release of `what`, `fedora` or `old-rhel`.
    fn releases(&self, what: &str) -> Option<(u16, u16)> {
        let (first, last) = self.words.get(what)?.split_once('-')?;
        Some((first.parse().ok()?, last.parse().ok()?))
    }

    fn span(&self, distribution: &str, oldest: u16, newest: u16) -> Span {
        let (since, until) = self.releases(distribution).map_or((NEVER, NEVER), |(first, last)| {
            (if first == oldest { 0 } else { first }, if last == newest { NEVER } else { last + 1 })
        });
        let old = self.releases(&format!("old-{distribution}")).map_or(NEVER, |(first, _)| first);
        Span { since, old, until }
    }
}

/// What somebody who has both knows: an option is there while its command is.
fn narrowed(option: Span, row: Span) -> Span {
    let Span { since, until, .. } = row;
    Span { since: option.since.max(since), old: option.old, until: option.until.min(until) }
}

fn numbers(dialect: Dialect) -> u16 {
    match dialect {
        Dialect::Fedora(release) | Dialect::Rhel(release) => release,
        Dialect::Mic => unreachable!("mic has no releases"),
    }
}

/// `make test-pykickstart` asks the newest pykickstart; otherwise its recorded answer counts.
fn listing() -> String {
    match std::env::var_os("IMG_TEST_PYKICKSTART_LISTING") {
        Some(path) => std::fs::read_to_string(path).unwrap(),
        None => include_str!("fixtures/pykickstart.txt").to_owned(),
    }
}

#[test]
fn what_pykickstart_knows_is_known_since_when_and_until_when() {
    let listing = listing();
    let (fedora, rhel) = (numbers(Dialect::FEDORA), numbers(Dialect::RHEL));
    let newest = format!("# pykickstart, Fedora 21 to {fedora}, RHEL 7 to {rhel}");
    assert_eq!(listing.lines().next(), Some(&newest[..]), "a newer handler: extend Dialect and the table");
    let mut wrong = Vec::new();
    let mut asked = 0;
    for said in listing.lines().skip(1).map(Said::read) {
        asked += 1;
        let topic = format!("{} {}", said.name, said.option.unwrap_or_default());
        let Some(row) = table::command(said.name).or(table::section(said.name)) else {
            wrong.push(format!("{topic}: no row"));
            continue;
        };
        let (life, many): (Life, bool) = match said.option {
            None => (row.life, row.many || said.kind == "section"),
            Some(option) => match row.option(option) {
                None => {
                    wrong.push(format!("{topic}: not in its row"));
                    continue;
                }
                Some(found) => {
                    if !same_kind(said.kind, found.value) {
                        wrong.push(format!("{topic}: {} there, {:?} here", said.kind, found.value));
                    }
                    if said.words.contains_key("needed") && !found.needed && row.life.fedora.until == NEVER {
                        wrong.push(format!("{topic}: needed there, not here"));
                    }
                    let (fedora, rhel) = (
                        narrowed(found.life.fedora, row.life.fedora),
                        narrowed(found.life.rhel, row.life.rhel),
                    );
                    (Life { fedora, rhel, ..found.life }, found.many)
                }
            },
        };
        let spans = [("fedora", life.fedora, 21, fedora), ("rhel", life.rhel, 7, rhel)];
        for (distribution, here, oldest, newest) in spans {
            let there = said.span(distribution, oldest, newest);
            if !(here == there || here.since == NEVER && there.since == NEVER) {
                wrong.push(format!("{topic}: {distribution} {there:?} there, {here:?} here"));
            }
        }
        if many != said.words.contains_key("many") {
            wrong.push(format!("{topic}: many is {many} here"));
        }
    }
    assert!(asked > 500, "the listing is not whole");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A choice here may be a function there, and a number may be negative.
fn same_kind(there: &str, here: Value) -> bool {
    match here {
        Value::Flag => there == "flag",
        Value::Number | Value::Integer => there == "number",
        Value::YesNo => there == "yes-no",
        Value::Choice(_) => there == "text",
        Value::Exact(of) => there.strip_prefix("choice:").is_some_and(|there| there == of.join("|")),
        Value::List => there == "list" || there == "text",
        Value::Text | Value::Optional => there == "text",
    }
}

/// Two options that set the same take each other's place, and are one option when they set it to the same.
#[test]
fn options_take_the_place_of_each_other_as_in_pykickstart() {
    let listing = listing();
    let said: Vec<Said<'_>> =
        listing.lines().skip(1).map(Said::read).filter(|said| said.words.contains_key("sets")).collect();
    assert!(said.len() > 40, "the listing is not whole");
    let sets = |name: &str, option: &'static str| {
        let of = said.iter().find(|said| said.name == name && said.option == Some(option));
        let all = of.map_or(option, |said| said.words["sets"]).to_owned();
        (all.split(':').next().unwrap_or_default().to_owned(), all)
    };
    let mut wrong = Vec::new();
    let theirs = listing.lines().skip(1).map(Said::read).map(|said| said.name).collect::<Vec<_>>();
    for row in rows().filter(|row| theirs.contains(&row.name)) {
        for (at, one) in row.options.iter().enumerate() {
            for other in &row.options[..at] {
                let ((what, all), (other_what, other_all)) =
                    (sets(row.name, one.name), sets(row.name, other.name));
                let (replaces, same) = (one.replaces(other), one.meaning() == other.meaning());
                let several = one.many && other.many;
                if !several && (replaces, same) != (what == other_what, all == other_all) {
                    wrong.push(format!("{} {} {}: {all} {other_all}", row.name, one.name, other.name));
                }
            }
            assert!(
                one.same_as.is_empty() || row.option(one.same_as).is_some_and(|of| of.same_as.is_empty())
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_said_to_be_in_pykickstart_that_it_does_not_have() {
    let listing = listing();
    let said: Vec<(&str, Option<&str>)> =
        listing.lines().skip(1).map(Said::read).map(|said| (said.name, said.option)).collect();
    let alive =
        |life: &Life| [life.fedora, life.rhel].iter().any(|span| span.since < NEVER && span.until > 0);
    for row in rows().filter(|row| alive(&row.life)) {
        assert!(said.contains(&(row.name, None)), "{}", row.name);
        for option in row.options.iter().filter(|option| alive(&option.life)) {
            assert!(said.contains(&(row.name, Some(option.name))), "{} {}", row.name, option.name);
        }
    }
}
