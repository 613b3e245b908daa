//! `img ks check`.

use std::path::Path;

use cli::{CheckArguments, result, say};
use img_kickstart::{Diagnostic, Kickstart, Limits, Rules, check_with};

use super::files;

/// Says what is wrong with each file; findings are the result, so they go to stdout.
pub(super) fn check(arguments: &CheckArguments) -> u8 {
    let rules = Rules::default().dialect(arguments.dialect);
    let (mut errors, mut warnings) = (0, 0);
    for file in &arguments.files {
        let Some((found, source)) = findings(file, &rules, arguments.include) else {
            errors += 1;
            continue;
        };
        let name = files::name(file);
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

/// Returns what is wrong with a file and the text it is about; what cannot be read is said.
fn findings(file: &Path, rules: &Rules, include: bool) -> Option<(Vec<Diagnostic>, Kickstart)> {
    let ks = files::read(file).map_err(|error| say(format_args!("img: {error:#}"))).ok()?;
    if !include {
        return Some((check_with(&ks, rules), ks));
    }
    let flat = ks.flatten_where_possible(&files::name(file), &Limits::default(), files::reader(file));
    Some((flat.check(rules), flat.into_kickstart()))
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
