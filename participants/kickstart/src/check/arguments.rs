//! Options and plain arguments held against their row of the table.

use std::collections::HashSet;

use crate::arguments::{Arguments, Given, Misfit, MisfitKind};
use crate::check::nearest::did_you_mean;
use crate::check::report::Report;
use crate::check::standing::{self, Thing};
use crate::command::Command;
use crate::dialect::Dialect;
use crate::table::{Row, Standing, Value};

/// Checks the arguments of one line.
pub(super) fn check(command: &Command<'_>, read: &Arguments<'_>, row: &Row, report: &mut Report<'_>) {
    let line = command.line;
    for wrong in &read.misfits {
        misfit(line, wrong, row, report);
    }
    let mut seen = HashSet::new(); // a line may have a hundred thousand options
    for (index, given) in read.options.iter().enumerate() {
        option(line, given, row, report);
        let again = match index {
            0..8 => read.options[..index].iter().any(|before| given.option.replaces(before.option)),
            _ => seen.contains(thing(given)),
        };
        if read.options.len() > 8 {
            seen.insert(thing(given));
        }
        if again && !given.option.many {
            let message = match given.option.turns {
                "" => format!("`{}` is given again: only the last counts", given.option.meaning()),
                _ => format!("`{}` takes the place of what was said before", given.option.name),
            };
            report.warning("given-again", line, given.span.clone(), message);
        }
    }
    missing(command, read, row, report);
    together(line, read, row, report);
    let most = match row.words_of_mic && report.rules.dialect != Dialect::Mic {
        true => 0,
        false => row.arguments.1,
    };
    if let Some(extra) = read.plain.get(most) {
        let message = format!("`{}` does not take `{}`", row.name, extra.text);
        report.error("extra-argument", line, extra.span(), message);
    }
}

/// Returns what options that take each other's place have in common.
fn thing(given: &Given) -> &'static str {
    if given.option.turns.is_empty() { given.option.meaning() } else { given.option.turns }
}

fn misfit(line: usize, misfit: &Misfit, row: &Row, report: &mut Report<'_>) {
    let written = &misfit.written;
    let (code, message) = match misfit.kind {
        MisfitKind::Unknown => ("unknown-option", format!("`{}` has no option `{written}`", row.name)),
        MisfitKind::Ambiguous => {
            ("unknown-option", format!("`{written}` may be one of several options of `{}`", row.name))
        }
        MisfitKind::NoValue => ("missing-value", format!("`{written}` needs a value")),
        MisfitKind::Superfluous => ("superfluous-value", format!("`{written}` takes no value")),
    };
    let found = report.error(code, line, misfit.span.clone(), message);
    if let (Some(found), MisfitKind::Unknown) = (found, misfit.kind) {
        found.help = did_you_mean(written, row.options.iter().map(|option| option.name));
    }
}

fn option(line: usize, given: &Given, row: &Row, report: &mut Report<'_>) {
    let name = given.option.name;
    let exactly = report.rules.dialect != Dialect::Mic;
    if let Err(message) = fits(given).and_then(|()| if exactly { just_so(given) } else { Ok(()) }) {
        report.error("wrong-value", line, given.value_span.clone(), message);
    }
    if matches!(row.life.standing(report.rules.dialect), Standing::Known | Standing::Old) {
        let thing = Thing { what: "option", name, line, span: given.span.clone() };
        standing::check(thing, &given.option.life, report);
    }
    if given.written != name {
        let message = format!("`{}` is short for `{name}`", given.written);
        report.warning("short-option", line, given.span.clone(), message);
    }
}

fn missing(command: &Command<'_>, read: &Arguments<'_>, row: &Row, report: &mut Report<'_>) {
    if command.fault.is_some() {
        return; // the rest of the line is not known
    }
    let name = command.words[0].span();
    for option in row.options.iter().filter(|option| option.needed && !says(read, option.name)) {
        let message = format!("`{}` needs `{}`", row.name, option.name);
        report.error("missing-option", command.line, name.clone(), message);
    }
    let mic = report.rules.dialect == Dialect::Mic;
    if !row.one_of.is_empty()
        && (mic || !row.one_of_for_mic)
        && !row.one_of.iter().any(|name| says(read, name))
    {
        let message = format!("`{}` needs {}", row.name, any_of(row.one_of));
        report.error("missing-option", command.line, name.clone(), message);
    }
    let (count, options) = row.unless;
    if read.plain.len() < count.max(row.arguments.0) && !options.iter().any(|name| says(read, name)) {
        let (code, wanted) = match row.name {
            "part" | "partition" => ("missing-mount-point", "a mount point"),
            _ if read.plain.is_empty() => ("missing-argument", "an argument"),
            _ => ("missing-argument", "another argument"),
        };
        let enough = read.plain.len() >= row.arguments.0 && !options.is_empty();
        let or = if enough { format!(" or {}", any_of(options)) } else { String::new() };
        report.error(code, command.line, name, format!("`{}` needs {wanted}{or}", row.name));
    } else if read.plain.len() < row.arguments.0 {
        let message = format!("`{}` needs an argument", row.name);
        report.error("missing-argument", command.line, name, message);
    }
}

/// Checks options that mean something only beside another, or only without it.
fn together(line: usize, read: &Arguments<'_>, row: &Row, report: &mut Report<'_>) {
    for (name, with) in row.with {
        if let Some(given) = read.given(&[name]).filter(|_| read.given(with).is_none()) {
            let message = format!("`{name}` means nothing without {}", any_of(with));
            report.error("lonely-option", line, given.span.clone(), message);
        }
    }
    for (name, other) in row.apart {
        if let Some(given) = read.given(&[other]).filter(|_| read.has(name)) {
            let message = format!("`{name}` and `{other}` do not go together");
            report.error("conflict", line, given.span.clone(), message);
        }
    }
}

fn any_of(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

/// Returns whether the option is on the line and not empty, or already complained about.
fn says(read: &Arguments<'_>, name: &str) -> bool {
    let given = read.given(&[name]);
    given.is_some_and(|given| given.value.as_ref().is_none_or(|value| !value.trim().is_empty()))
        || read.misfits.iter().any(|misfit| misfit.written == name)
}

/// Returns why the value is not what the option wants; a value with a `@TOKEN@` in it is not known yet.
pub(crate) fn fits(given: &Given) -> Result<(), String> {
    let (name, value) = (given.option.name, given.value.as_deref().unwrap_or_default());
    let number = value.trim();
    let (fits, wanted) = match given.option.value {
        Value::Flag | Value::Text | Value::Optional | Value::List => return Ok(()),
        Value::Number => (number.parse::<u64>().is_ok(), "a whole number".to_owned()),
        Value::Integer => (number.parse::<i64>().is_ok(), "a whole number".to_owned()),
        Value::YesNo => (YES_NO.iter().any(|word| value.eq_ignore_ascii_case(word)), "yes or no".to_owned()),
        Value::Choice(of) | Value::Exact(of) => {
            (of.iter().any(|one| value.eq_ignore_ascii_case(one)), of.join(" or "))
        }
    };
    if fits || !crate::tokens(value).is_empty() {
        return Ok(());
    }
    Err(format!("`{name}` takes {wanted}, not `{value}`"))
}

/// Returns why the value is not what an installer takes, when its letters are cased in another way.
fn just_so(given: &Given) -> Result<(), String> {
    let value = given.value.as_deref().unwrap_or_default();
    match given.option.value {
        Value::Exact(of) if !of.contains(&value) && crate::tokens(value).is_empty() => {
            Err(format!("`{}` takes {}, not `{value}`", given.option.name, of.join(" or ")))
        }
        _ => Ok(()),
    }
}

const YES_NO: [&str; 8] = ["yes", "no", "on", "off", "true", "false", "1", "0"];
