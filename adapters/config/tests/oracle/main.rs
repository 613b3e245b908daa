//! Side by side with Python's ConfigParser, on generated files: the same values, or the same complaint about the same
//! line. What the crate's documentation lists as different is left out where it occurs.

mod generator;

use std::path::Path;
use std::process::Command;

use config::{Ini, Mistake, Mistakes};
use generator::Generator;
use serde_json::{Value, json};

const FILES: usize = 1500;

#[test]
fn python_reads_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let texts: Vec<String> = (0..FILES as u64).map(|seed| Generator::new(seed).file()).collect();
    for (number, text) in texts.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{number:04}")), text).unwrap();
    }

    let theirs = python(folder.path());

    let (mut good, mut refused, mut stricter) = (0, 0, 0);
    for (number, (text, theirs)) in texts.iter().zip(&theirs).enumerate() {
        let ours = Ini::read(&folder.path().join(format!("{number:04}")));
        let about = format!("file {number}:\n{text}\n{text:?}");
        match ours {
            Ok(ini) => {
                good += 1;
                assert_eq!(content(&ini), *theirs, "{about}");
            }
            Err(mistakes) if mistakes.0.iter().any(|mistake| class(mistake) == "Stricter") => stricter += 1,
            Err(mistakes) => {
                refused += 1;
                assert_eq!(complaint(&mistakes, theirs), *theirs, "{mistakes}\n{about}");
            }
        }
    }
    // the generator has not gone dull
    assert!(good > FILES / 3 && refused > FILES / 8 && stricter < FILES / 8, "{good} {refused} {stricter}");
}

fn python(folder: &Path) -> Vec<Value> {
    #[expect(clippy::disallowed_methods, reason = "the oracle is another program, and this is a test")]
    let output = Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/parse.py"))
        .arg(folder)
        .output()
        .expect("python3 is there: .ci/need test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns all there is in a file, as `parse.py` prints it.
fn content(ini: &Ini) -> Value {
    let sections = || ini.sections().chain(["DEFAULT"]);
    let own: Vec<_> = sections().map(|name| (name, ini.keys(name).collect::<Vec<_>>())).collect();
    let mut values = Vec::new();
    for (name, keys) in &own {
        let inherited = ini.keys("DEFAULT").filter(|key| !keys.contains(key));
        for key in keys.iter().copied().chain(inherited) {
            let raw = ini.raw(name, key).unwrap();
            let value = match ini.get(name, key) {
                Ok(value) => json!(value.unwrap().text),
                Err(mistake) => json!({ "error": class(&mistake) }),
            };
            values.push(json!([name, key, raw.text, value]));
        }
    }
    json!({ "own": own, "values": values })
}

/// Returns the complaint Python ends with: all lines without a key, or the first mistake of another kind.
fn complaint(mistakes: &Mistakes, theirs: &Value) -> Value {
    let line = |mistake: &Mistake| mistake.line.unwrap();
    let fatal = mistakes.0.iter().find(|mistake| class(mistake) != "ParsingError");
    let no_key = mistakes.0.iter().filter(|mistake| class(mistake) == "ParsingError").map(line);
    // only Python knows whether both were in one section
    if theirs["error"] == "NoKeyAgain" {
        let again = no_key.skip(1).find(|line| json!([line]) == theirs["lines"]);
        let before = fatal.is_none_or(|fatal| again < fatal.line);
        return json!({ "error": "NoKeyAgain", "lines": again.filter(|_| before).as_slice() });
    }
    match fatal {
        Some(fatal) => json!({ "error": class(fatal), "lines": [line(fatal)] }),
        None => json!({ "error": "ParsingError", "lines": no_key.collect::<Vec<_>>() }),
    }
}

/// Returns what Python calls it.
fn class(mistake: &Mistake) -> &'static str {
    const CLASSES: &[(&str, &str)] = &[
        ("belongs to no section", "MissingSectionHeaderError"),
        ("section [", "DuplicateSectionError"),
        ("a second time", "DuplicateOptionError"),
        ("there is no key", "ParsingError"),
        ("as if it continued", "AttributeError"),
        ("the name of a section ends", "Stricter"),
        ("stands alone", "InterpolationSyntaxError"),
        ("which is neither", "InterpolationMissingOptionError"),
        ("contains itself", "InterpolationDepthError"),
        ("more than 10 deep", "InterpolationDepthError"),
        ("which has no value", "TypeError"),
    ];
    let said = |words: &&(&str, &str)| mistake.message.contains(words.0);
    CLASSES.iter().find(said).unwrap_or_else(|| panic!("a new kind of mistake: {mistake}")).1
}
