//! `img ks check`.

use std::path::Path;

use anyhow::Result;
use cli::{CheckArguments, result, say};
use img_kickstart::{Diagnostic, Kickstart, Limits, Rules, check_with};
use serde_json::json;

use super::files;

/// Says what is wrong with each file; findings are the result, so they go to stdout.
pub(super) fn check(arguments: &CheckArguments) -> u8 {
    let rules = Rules::default().dialect(arguments.dialect);
    let (mut errors, mut warnings) = (0, 0);
    for file in &arguments.files {
        let name = files::name(file);
        let (found, source) = match findings(file, &rules, arguments.include) {
            Ok(found) => found,
            Err(unreadable) => {
                errors += 1;
                tell(&unreadable, &name, arguments.json);
                continue;
            }
        };
        for found in &found {
            match found.is_error() {
                true => errors += 1,
                false => warnings += 1,
            }
            if arguments.json {
                result(found.json(&name));
            } else {
                result(format_args!("{}\n", found.render(&name, source.as_bytes())));
            }
        }
    }
    if errors + warnings > 0 {
        say(format_args!("img: {}, {}", count(errors, "error"), count(warnings, "warning")));
    }
    u8::from(errors > 0)
}

/// Returns what is wrong with a file and the text it is about; the error is a file that cannot be read.
fn findings(file: &Path, rules: &Rules, include: bool) -> Result<(Vec<Diagnostic>, Kickstart)> {
    let ks = files::read(file)?;
    if !include {
        return Ok((check_with(&ks, rules), ks));
    }
    let flat = ks.flatten_where_possible(&files::name(file), &Limits::default(), files::reader(file));
    Ok((flat.check(rules), flat.into_kickstart()))
}

/// Says that a file cannot be read; to a program, in the form of all findings.
fn tell(unreadable: &anyhow::Error, name: &str, json: bool) {
    say(format_args!("img: {unreadable:#}"));
    if json {
        result(json!({
            "severity": "error", "code": "unreadable", "message": format!("{unreadable:#}"), "help": null,
            "file": name, "line": 1, "column": 1, "span": [0, 0], "included_from": [],
        }));
    }
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
