//! What holds for every text.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use img_kickstart::{EditError, Found, Kickstart, Limits, Rules, check_with, expand_tokens, tokens};

const DIALECTS: [&str; 4] = ["mic", "fedora", "rhel9", "rhel10"];

/// Panics unless all laws hold; returns a number that stands for what happened.
pub(super) fn hold(text: &[u8]) -> u64 {
    let mut happened: BTreeSet<String> = BTreeSet::new();
    let ks = Kickstart::parse(text);
    assert!(ks.as_bytes() == text, "it is printed as it was read");
    checks(&ks, &mut happened);
    views(&ks);
    let formatted = ks.formatted();
    assert_eq!(formatted.formatted().to_text(), formatted.to_text(), "the canonical form is its own");
    assert_eq!(ks.differences(&ks), [], "it does not differ from itself");
    if std::str::from_utf8(text).is_ok() {
        assert_eq!(ks.differences(&formatted), [], "the canonical form means the same");
    }
    edits(&ks, &mut happened);
    includes(&ks, &mut happened);
    let mut hasher = DefaultHasher::new();
    happened.hash(&mut hasher);
    hasher.finish()
}

fn checks(ks: &Kickstart, happened: &mut BTreeSet<String>) {
    let text = ks.as_bytes();
    for dialect in DIALECTS {
        let rules = Rules::default().dialect(dialect.parse().unwrap());
        for found in check_with(ks, &rules) {
            assert!(found.span.start <= found.span.end && found.span.end <= text.len());
            assert!(found.line >= 1 && found.column >= 1);
            let code = format!("{dialect} {}", found.code);
            if !happened.insert(code) {
                continue; // showing them takes longer than all the rest
            }
            let shown = found.render("a.ks", text) + &found.one_line("a.ks");
            assert!(!shown.contains(['\u{1b}', '\u{7}', '\0']), "{shown:?}");
            serde_json::from_str::<serde_json::Value>(&found.json("a.ks")).expect("JSON");
        }
    }
    let spans: Vec<_> = ks.items().map(|item| item.span()).collect();
    assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start));
    for item in ks.items() {
        happened.insert(match item {
            img_kickstart::Item::Command(command) => {
                format!("command {}", command.row().map_or("", |row| row.name))
            }
            img_kickstart::Item::Section(section) => {
                format!("section {}", section.row().map_or("", |row| row.name))
            }
            img_kickstart::Item::StrayEnd(_) => "stray end".to_owned(),
        });
    }
}

fn views(ks: &Kickstart) {
    let _ = (
        ks.repos(),
        ks.packages(),
        ks.partitions(),
        ks.btrfs(),
        ks.scripts(),
        ks.users(),
        ks.groups(),
        ks.sshkeys(),
    );
    let _ = (
        ks.rootpw(),
        ks.bootloader(),
        ks.network(),
        ks.firewall(),
        ks.selinux(),
        ks.services(),
        ks.desktop(),
    );
    let _ = (ks.lang(), ks.keyboard(), ks.timezone(), ks.xconfig(), ks.attachments(), ks.prepackages());
    let values = [("A".to_owned(), "@B@".to_owned())];
    let expanded = ks.expand_tokens(&values);
    let text = ks.to_text();
    assert_eq!(expanded.to_text() == text, !text.contains("@A@"));
    assert_eq!(tokens(&*text).len(), tokens(&text.into_owned()).len());
    let _ = expand_tokens(&ks.to_text(), &values);
}

/// A change, which must change nothing the second time.
type Edit<'a> = &'a dyn Fn(&mut Kickstart) -> Result<bool, EditError>;

fn edits(ks: &Kickstart, happened: &mut BTreeSet<String>) {
    let line = ks.to_text().lines().next().unwrap_or_default().to_owned();
    let word = line.split_whitespace().last().unwrap_or_default().to_owned();
    let edits: [(&str, Edit<'_>); 11] = [
        ("repo", &|ks| ks.add_repo("new", "http://r/", &["--save"])),
        ("repo of word", &|ks| ks.add_repo(&word, &word, &[&word])),
        ("package", &|ks| ks.add_packages(&[&word, "vim"])),
        ("group", &|ks| ks.add_groups(&[&word])),
        ("no package", &|ks| ks.remove_packages(&[&word])),
        ("set", &|ks| ks.set(&line)),
        ("set part", &|ks| ks.set("part / --size=7 --label='a b'")),
        ("unset", &|ks| ks.unset(&line)),
        ("remove", &|ks| ks.remove(&line)),
        ("section", &|ks| ks.add_section("%post", &line)),
        ("user", &|ks| ks.add_user(&word, &["--uid=7"])),
    ];
    for (name, edit) in edits {
        let mut changed = ks.clone();
        let Ok(first) = edit(&mut changed) else { continue };
        assert_eq!(first, changed.as_bytes() != ks.as_bytes(), "{name} says whether it changed anything");
        let once = changed.clone();
        assert_eq!(edit(&mut changed), Ok(false), "{name} twice is once: {once}");
        assert_eq!(changed, once, "{name} twice is once");
        let errors = |ks: &Kickstart| {
            let rules = Rules::default();
            check_with(ks, &rules).iter().filter(|found| found.is_error()).count()
        };
        if first && name != "unset" && !name.starts_with("remove") {
            let before = errors(ks);
            assert!(before >= 1000 || errors(&once) <= before, "{name} makes no mistake: {once}");
        }
        happened.insert(format!("{name} {first}"));
    }
}

/// Every file is the text itself under another name.
fn includes(ks: &Kickstart, happened: &mut BTreeSet<String>) {
    let mut limits = Limits::default();
    (limits.files, limits.bytes) = (50, 1 << 20);
    let mut count = 0;
    let mut read = |wanted: &img_kickstart::Reference<'_>| {
        count += 1;
        let name =
            if wanted.name.len().is_multiple_of(2) { wanted.name.to_owned() } else { count.to_string() };
        Ok(Found { name, text: ks.as_bytes().to_vec() })
    };
    let flat = ks.flatten_where_possible("a", &limits, &mut read);
    let found = flat.check(&Rules::default());
    for found in found.iter().take(5) {
        let _ = found.one_line("a") + &found.render("a", flat.kickstart().as_bytes());
    }
    let reasons: Vec<String> = flat.faults().map(|fault| fault.reason.to_string()).collect();
    let said = found.iter().filter(|found| found.code == "include").map(|found| found.message.clone());
    let said: Vec<String> = said.collect();
    if found.len() < 1000 && reasons.iter().all(|reason| reason.len() < 200) {
        assert_eq!(said, reasons, "what cannot be included is found, and nothing else is left");
    }
    let stopped = ks.flatten("a", &limits, read).err().map(|error| error.reason.to_string());
    assert_eq!(stopped.is_some(), !reasons.is_empty());
    happened.insert(if stopped.is_some() {
        "refused to include".to_owned()
    } else {
        format!("included {}", count > 0)
    });
}
