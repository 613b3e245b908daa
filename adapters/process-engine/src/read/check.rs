//! What a definition must not do although every line of it can be read.

use std::collections::BTreeMap;

use crate::definition::{Definition, DefinitionError};
use crate::tree::{Kind, Step, Target};

/// Refuses what the Ruote engine would run for ever, or differently than it reads.
pub(super) fn check(definition: &Definition) -> Result<(), DefinitionError> {
    let mut called = BTreeMap::new();
    for step in definition.root.children() {
        if let Kind::Define { name, .. } = &step.kind {
            if definition.name.as_ref() == Some(name) {
                return Err(refuse(step, name, format!("`{name}` is the name of the whole process already")));
            }
            if called.insert(name.as_str(), calls(step)).is_some() {
                return Err(refuse(step, name, format!("`{name}` is defined twice")));
            }
        }
    }
    let mut wrong = None;
    let participants = definition.participants();
    definition.root.walk(&mut |step| {
        let error = match &step.kind {
            Kind::Participant { name, .. } if definition.name.as_ref() == Some(name) => {
                let why =
                    "the step would start the whole process again, and again: give the process another name";
                format!("the process and its participant are both called `{name}`: {why}")
            }
            Kind::Participant { name, .. } if called.contains_key(name.as_str()) => {
                format!("`{name}` is a sub-process here: call it by its name alone")
            }
            Kind::Set { target: Target::Variable(name), .. } if participants.contains(name) => {
                format!("a variable `{name}` would make its step mean something else")
            }
            _ => return,
        };
        wrong.get_or_insert_with(|| refuse(step, &step.name, error));
    });
    if let Some(error) = wrong {
        return Err(error);
    }
    called.keys().try_for_each(|name| no_circle(definition, &called, name))
}

/// The steps below this one that call sub-processes.
fn calls(step: &Step) -> Vec<&str> {
    let mut names = Vec::new();
    step.walk(&mut |step| {
        if let Kind::Call { sub_process } = &step.kind {
            names.push(sub_process.as_str());
        }
    });
    names
}

fn no_circle(
    definition: &Definition,
    called: &BTreeMap<&str, Vec<&str>>,
    start: &str,
) -> Result<(), DefinitionError> {
    let mut seen = Vec::new();
    let mut open = called[start].clone();
    while let Some(name) = open.pop() {
        if name == start {
            let place = definition.sub_process(start).expect("it is in the table of definitions");
            let step = &definition.root.children()[place];
            return Err(refuse(step, start, format!("the sub-process `{start}` calls itself")));
        }
        if !seen.contains(&name) {
            seen.push(name);
            open.extend(&called[name]);
        }
    }
    Ok(())
}

fn refuse(step: &Step, expression: &str, message: String) -> DefinitionError {
    DefinitionError::at(step.at, expression, message)
}
