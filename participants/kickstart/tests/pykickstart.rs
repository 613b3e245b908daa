//! Takes and refuses what pykickstart takes and refuses; `make test-pykickstart` runs it, for it needs one.

use std::io::Write;
use std::process::{Command, Stdio};

use img_kickstart::table::{self, Opt, Row, Value};
use img_kickstart::{Dialect, Kickstart, Rules, check_with};

const DIALECTS: [(&str, Dialect); 5] = [
    ("F46", Dialect::Fedora(46)),
    ("RHEL11", Dialect::Rhel(11)),
    ("RHEL10", Dialect::Rhel(10)),
    ("RHEL9", Dialect::Rhel(9)),
    ("RHEL8", Dialect::Rhel(8)),
];

#[expect(clippy::disallowed_methods, reason = "an interpreter is asked, nothing is built")]
/// Asks the pykickstart of the interpreter that IMG_TEST_PYKICKSTART names.
fn judged(cases: &[(&str, String)]) -> Vec<serde_json::Value> {
    let python =
        std::env::var_os("IMG_TEST_PYKICKSTART").expect("IMG_TEST_PYKICKSTART is a python with pykickstart");
    let judge = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/judge.py");
    let mut child =
        Command::new(python).arg(judge).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let lines: Vec<String> = cases
        .iter()
        .map(|(dialect, text)| serde_json::json!({ "dialect": dialect, "text": text }).to_string() + "\n")
        .collect();
    let writer = std::thread::spawn(move || input.write_all(lines.concat().as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn value(row: &Row, option: &Opt) -> String {
    match (row.name, option.name, option.value) {
        (_, _, Value::Choice(of) | Value::Exact(of)) => of[0].to_owned(),
        (_, _, Value::Number | Value::Integer) => "5".to_owned(),
        (_, _, Value::YesNo) => "yes".to_owned(),
        (_, "--port", _) if row.name == "firewall" => "80:tcp".to_owned(),
        (_, "--level", Value::Text) => "info".to_owned(),
        (_, "--teamslaves", _) => "eth1".to_owned(),
        (_, "--device", _) if row.name == "raid" => "md0".to_owned(),
        (_, "--url" | "--remote", _) => "http://repo.example/".to_owned(),
        (_, "--bridgeopts", _) => "stp=yes".to_owned(),
        (_, "--luks-version", _) => "luks2".to_owned(),
        ("zfcp", _, _) => "0x1".to_owned(),
        ("nvdimm", "--namespace", _) => "namespace0.0".to_owned(),
        ("network", "--vlanid", _) => "5".to_owned(),
        _ => "x".to_owned(),
    }
}

/// Returns the plain words that a line needs to mean something.
fn plain(row: &Row) -> Vec<&'static str> {
    match row.name {
        "part" | "partition" => vec!["/"],
        "logvol" => vec!["/"],
        "raid" => vec!["/", "raid.01"],
        "btrfs" => vec!["/", "btrfs.01"],
        "stratisfs" => vec!["/"],
        "stratispool" => vec!["pool", "stratis.01"],
        "volgroup" => vec!["vg", "pv.01"],
        "mount" => vec!["/dev/sda1", "/"],
        "nvdimm" => vec!["reconfigure", "--namespace=namespace0.0", "--sectorsize=512"],
        "realm" => vec!["join", "example.com"],
        "device" => vec!["eth0"],
        "snapshot" => vec!["vg/lv"],
        "sshpw" => vec!["secret"],
        "rootpw" => vec!["secret"],
        "keyboard" => vec!["us"],
        "timezone" => vec!["UTC"],
        "updates" => vec!["http://u.example/"],
        "driverdisk" => vec!["sda1"],
        _ => vec!["x"; row.arguments.0],
    }
}

/// Options that say the thing is there already, so that it is not told what it is made of.
const PRESENT: [&str; 2] = ["--useexisting", "--noformat"];

/// What this table does not know of, and why: dialect, command, option.
const EXCEPTIONS: &[(&str, &str, &str, &str)] = &[
    ("", "cmdline", "--non-interactive", "its parser has it, its reader refuses it"),
    ("RHEL8", "method", "", "only harddrive, nfs, url and their like call it"),
    ("RHEL8", "harddrive", "--biospart", "instead of --partition, which later releases need"),
    ("RHEL8", "ignoredisk", "--interactive", "still parsed there, but not enough"),
    ("RHEL8", "zfcp", "", "needs what later releases do not need"),
];

/// Writes a line with `option` and all that is needed beside it.
fn sample(row: &Row, option: Option<&Opt>) -> String {
    let mut words = vec![row.name.to_owned()];
    let plain = match row.name {
        "driverdisk" if option.is_some() => vec![],
        "raid" | "volgroup" | "stratispool"
            if option.is_some_and(|option| PRESENT.contains(&option.name)) =>
        {
            plain(row)[..1].to_vec()
        }
        "nvdimm" if option.is_some_and(|option| option.name == "--blockdevs") => {
            vec!["use"]
        }
        _ => plain(row),
    };
    words.extend(plain.into_iter().map(str::to_owned));
    let mut wanted: Vec<&str> =
        row.options.iter().filter(|known| known.needed).map(|known| known.name).collect();
    if !option.is_some_and(|option| row.one_of.contains(&option.name)) {
        wanted.extend(row.one_of.first());
    }
    let with = row.with.iter().filter(|(of, _)| option.is_some_and(|option| option.name == *of));
    wanted.extend(with.map(|(_, with)| with[0]));
    if wanted.contains(&"--cachepvs") {
        wanted.push("--cachesize");
    }
    if option.is_some_and(|option| option.name == "--hw-passphrase") {
        words.extend(["--encrypted".to_owned(), "--luks-version=luks2-hw-opal".to_owned()]);
    }
    wanted.retain(|name| option.is_none_or(|option| option.name != *name));
    let wanted = wanted.into_iter().filter_map(|name| row.option(name));
    for option in wanted.chain(option) {
        let value = value(row, option);
        words.push(match option.value {
            Value::Flag => option.name.to_owned(),
            _ => format!("{}={value}", option.name),
        });
    }
    let end = if row.name.starts_with('%') { "\ntext\n%end" } else { "" };
    format!("{}{end}\n", words.join(" "))
}

#[test]
#[ignore = "make test-pykickstart gives it a pykickstart"]
fn a_line_of_each_option_is_taken_where_pykickstart_takes_it() {
    let mut cases = Vec::new();
    for (name, _) in DIALECTS {
        for row in table::commands().chain(table::sections()) {
            cases.push((name, sample(row, None)));
            cases.extend(row.options.iter().map(|option| (name, sample(row, Some(option)))));
        }
    }
    let answers = judged(&cases);
    assert_eq!(answers.len(), cases.len());
    let mut wrong = Vec::new();
    for ((name, text), answer) in cases.iter().zip(&answers) {
        let dialect = DIALECTS.iter().find(|(known, _)| known == name).unwrap().1;
        let found = check_with(&Kickstart::parse(text), &Rules::default().dialect(dialect));
        let first = found.iter().find(|found| found.is_error());
        let excepted = EXCEPTIONS.iter().any(|(dialect, command, option, _)| {
            (dialect.is_empty() || dialect == name)
                && text.split_whitespace().next() == Some(command)
                && text.contains(option)
        });
        if !excepted && first.is_none() != (*answer == serde_json::Value::Bool(true)) {
            wrong.push(format!(
                "{name}: {text:?}: {answer} there, {:?} here",
                first.map(|found| &found.message)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), cases.len());
}

#[test]
#[ignore = "make test-pykickstart gives it a pykickstart"]
fn whole_lines_are_taken_where_pykickstart_takes_them() {
    let lines: Vec<(&str, Option<&str>)> = include_str!("fixtures/lines.txt")
        .lines()
        .skip(1)
        .map(|line| line.split_once('\t').map_or((line, None), |(line, why)| (line, Some(why))))
        .collect();
    let text = |line: &str| line.replace('|', "\n") + "\n";
    let cases: Vec<_> =
        DIALECTS.iter().flat_map(|(name, _)| lines.iter().map(|(line, _)| (*name, text(line)))).collect();
    let answers = judged(&cases);
    assert_eq!(answers.len(), cases.len());
    let (mut wrong, mut of_another_mind) = (Vec::new(), std::collections::HashSet::new());
    for (at, answer) in answers.iter().enumerate() {
        let (name, dialect) = DIALECTS[at / lines.len()];
        let (line, why) = lines[at % lines.len()];
        let found = check_with(&Kickstart::parse(text(line)), &Rules::default().dialect(dialect));
        let first = found.iter().find(|found| found.is_error()).map(|found| &found.message);
        if first.is_none() == (*answer == serde_json::Value::Bool(true)) {
            continue;
        }
        of_another_mind.insert(line);
        if why.is_none() {
            wrong.push(format!("{name}: {line:?}: {answer} there, {first:?} here"));
        }
    }
    let agreed = lines.iter().filter(|(line, why)| why.is_some() && !of_another_mind.contains(line));
    wrong.extend(agreed.map(|(line, _)| format!("{line:?}: we are of one mind")));
    assert!(wrong.is_empty(), "{wrong:#?}");
}
