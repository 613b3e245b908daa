//! Definitions as radial text: a step a line, indented below the step it is in.

mod grammar;

use self::grammar::Grammar;
use super::branch::Branch;
use super::lines::Lines;
use crate::definition::DefinitionError;

/// Reads radial text exactly as the engine does, which is not always as it looks.
pub(super) fn branch(text: &str) -> Result<Branch, DefinitionError> {
    let lines = Lines::of(text);
    let fail =
        |byte: usize, message: &str| Err(DefinitionError::at(lines.place(byte), lines.rest(byte), message));
    let mut open: Vec<(usize, Branch)> = Vec::new();
    let mut steps = Grammar::new(text, &lines);
    while let Some(line) = steps.line() {
        if line.step.name.contains('\r') {
            return fail(
                line.at,
                "the engine takes the carriage return at the end of this line for a part of the step",
            );
        }
        close(&mut open, line.indent);
        if open.last().is_some_and(|(indent, _)| *indent >= line.indent) {
            return fail(
                line.at,
                "the engine stops before this line: it is not indented below the first one",
            );
        }
        open.push((line.indent, line.step));
    }
    if let Some(byte) = steps.stuck() {
        return fail(
            byte,
            "this is no radial text from here on, and the whole is neither Ruby nor JSON nor XML",
        );
    }
    close(&mut open, 0);
    match open.pop() {
        Some((_, root)) => Ok(root),
        None => fail(0, "there is no step in this text"),
    }
}

/// Says whether the grammar has a reading for the whole text, whatever its lines mean.
pub(super) fn fits(text: &str) -> bool {
    let lines = Lines::of(text);
    let mut steps = Grammar::new(text, &lines);
    while steps.line().is_some() {}
    steps.stuck().is_none()
}

/// Puts the steps that this much indentation ends into those they are in; the first of all stays open.
fn close(open: &mut Vec<(usize, Branch)>, indent: usize) {
    while open.len() > 1 && open.last().is_some_and(|(deep, _)| *deep >= indent) {
        let (_, done) = open.pop().expect("there are two");
        open.last_mut().expect("there is one").1.children.push(done);
    }
}
