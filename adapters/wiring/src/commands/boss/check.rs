//! `img boss check`.

use std::path::Path;

use anyhow::Result;
use cli::DefinitionAnswer;
use process_engine::{Definition, DefinitionError, Outline};

/// Says what is in a definition, or what is wrong with it.
pub(crate) fn check(file: &Path, json: bool) -> Result<u8> {
    let text = super::read(file)?;
    Ok(answer(&text).print(json, &file.display().to_string()))
}

fn answer(text: &str) -> DefinitionAnswer {
    let outline = match Outline::read(text).and_then(|outline| launchable(&outline).map(|()| outline)) {
        Ok(outline) => outline,
        Err(wrong) => {
            return DefinitionAnswer {
                error: Some(wrong.message),
                line: Some(wrong.line),
                column: Some(wrong.column),
                ..DefinitionAnswer::default()
            };
        }
    };
    DefinitionAnswer {
        result: true,
        form: Some(outline.form().to_string()),
        name: outline.name().map(ToOwned::to_owned),
        participants: outline.participants().iter().cloned().collect(),
        dynamic: outline.dynamic().iter().cloned().collect(),
        sub_processes: outline.sub_processes().iter().cloned().collect(),
        not_here: Definition::parse(text).err().map(|wrong| wrong.to_string()),
        ..DefinitionAnswer::default()
    }
}

/// Refuses a process that would start itself again and again.
pub(super) fn launchable(outline: &Outline) -> Result<(), DefinitionError> {
    let Some(line) = outline.calls_itself() else { return Ok(()) };
    let name = outline.name().unwrap_or_default();
    let message = format!(
        "this step has the name of the process: `{name}` would start itself again and again; rename the process"
    );
    Err(DefinitionError { line, column: 1, expression: name.to_owned(), message })
}
