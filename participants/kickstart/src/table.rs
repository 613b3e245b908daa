//! What commands, sections and options exist: data, one row each.

mod installer;
mod life;
mod past;
mod people;
mod row;
mod sections;
mod sources;
mod storage;
mod system;
mod volumes;
mod words;

use std::sync::LazyLock;

pub use life::{Life, NEVER, Span, Standing};
pub use row::{Key, Opt, Row, Value};

/// What is assumed of a command that is in no table: any options, any arguments.
pub(crate) static UNKNOWN: Row = Row::new("", row::ANY, &[]).free();

/// The rows by the lengths of their names, which finds one faster than a hash does.
static COMMANDS: LazyLock<Vec<Vec<&'static Row>>> = LazyLock::new(|| {
    let longest = commands().map(|row| row.name.len()).max().unwrap_or_default();
    let mut rows = vec![Vec::new(); longest + 1];
    commands().for_each(|row| rows[row.name.len()].push(row));
    rows
});

/// Returns every command's row.
pub fn commands() -> impl Iterator<Item = &'static Row> {
    [storage::ROWS, volumes::ROWS, sources::ROWS, people::ROWS, system::ROWS, installer::ROWS, past::ROWS]
        .into_iter()
        .flatten()
}

/// Returns every section's row.
pub fn sections() -> impl Iterator<Item = &'static Row> {
    sections::ROWS.iter()
}

/// Returns the row of the command called `name`.
pub fn command(name: &str) -> Option<&'static Row> {
    COMMANDS.get(name.len())?.iter().find(|row| row.name == name).copied()
}

/// Returns whether a command or a section is called `name`.
pub(crate) fn is_known(name: &str) -> bool {
    command(name).is_some() || section(name).is_some()
}

/// Returns the row of the section called `name`, its percent sign included.
pub fn section(name: &str) -> Option<&'static Row> {
    if name.starts_with('%') { sections().find(|row| row.name == name) } else { None }
}
