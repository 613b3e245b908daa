//! Options and plain arguments held against their row of the table.

use crate::arguments::{Arguments, Given, MisfitKind};
use crate::check::nearest::did_you_mean;
use crate::check::report::Report;
use crate::command::Command;
use crate::table::{Dialect, Row, Value};

/// Checks the arguments of one line.
pub(super) fn check(command: &Command<'_>, read: &Arguments<'_>, row: &Row, report: &mut Report<'_>) {
    let line = command.line;
    for misfit in &read.misfits {
        let written = &misfit.written;
        let message = match misfit.kind {
            MisfitKind::Unknown => format!("`{}` has no option `{written}`", row.name),
            MisfitKind::Ambiguous => format!("`{written}` may be one of several options of `{}`", row.name),
            MisfitKind::NoValue => format!("`{written}` needs a value"),
            MisfitKind::Superfluous => format!("`{written}` takes no value"),
        };
        let code = match misfit.kind {
            MisfitKind::Unknown | MisfitKind::Ambiguous => "unknown-option",
            MisfitKind::NoValue => "missing-value",
            MisfitKind::Superfluous => "superfluous-value",
        };
        report.error(code, line, misfit.span.clone(), message);
        if misfit.kind == MisfitKind::Unknown {
            report.help(did_you_mean(written, row.options.iter().map(|option| option.name)));
        }
    }
    for given in &read.options {
        if let Err(message) = fits(given) {
            report.error("wrong-value", line, given.value_span.clone(), message);
        }
        if given.option.dialect == Dialect::Past && row.dialect != Dialect::Past {
            let message = format!("`{}` is unknown to current installers", given.option.name);
            report.warning("past-option", line, given.span.clone(), message);
        }
        if given.written != given.option.name {
            let message = format!("`{}` is short for `{}`", given.written, given.option.name);
            report.warning("short-option", line, given.span.clone(), message);
        }
    }
    let name = command.words[0].span();
    for option in row.options.iter().filter(|option| option.needed && !mentioned(read, option.name)) {
        report.error("missing-option", line, name.clone(), format!("`{}` needs `{}`", row.name, option.name));
    }
    if !row.one_of.is_empty() && !row.one_of.iter().any(|name| mentioned(read, name)) {
        let names: Vec<String> = row.one_of.iter().map(|name| format!("`{name}`")).collect();
        report.error("missing-option", line, name, format!("`{}` needs {}", row.name, names.join(" or ")));
    }
    if let Some(extra) = read.plain.get(row.arguments.1) {
        report.error(
            "extra-argument",
            line,
            extra.span(),
            format!("`{}` does not take `{}`", row.name, extra.text),
        );
    }
}

/// Returns whether the option is on the line, even if something is wrong with it.
fn mentioned(read: &Arguments<'_>, name: &str) -> bool {
    read.has(name) || read.misfits.iter().any(|misfit| misfit.written == name)
}

/// Returns why the value is not what the option wants.
pub(crate) fn fits(given: &Given) -> Result<(), String> {
    let (name, value) = (&given.option.name, given.value.as_deref().unwrap_or_default());
    let number = value.trim();
    match given.option.value {
        _ if number.len() > 2 && number.starts_with('@') && number.ends_with('@') => Ok(()), // a token
        Value::Flag | Value::Text | Value::Optional | Value::List => Ok(()),
        Value::Number if number.parse::<u64>().is_ok() => Ok(()),
        Value::Number => Err(format!("`{name}` takes a whole number, not `{value}`")),
        Value::Integer if number.parse::<i64>().is_ok() => Ok(()),
        Value::Integer => Err(format!("`{name}` takes a whole number, not `{value}`")),
        Value::YesNo if YES_NO.iter().any(|word| value.eq_ignore_ascii_case(word)) => Ok(()),
        Value::YesNo => Err(format!("`{name}` takes yes or no, not `{value}`")),
        Value::Choice(of) if of.contains(&value) => Ok(()),
        Value::Choice(of) => Err(format!("`{name}` takes {}, not `{value}`", of.join(", "))),
    }
}

const YES_NO: [&str; 8] = ["yes", "no", "on", "off", "true", "false", "1", "0"];
