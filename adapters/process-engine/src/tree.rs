//! The parsed form of a process definition.

use std::fmt::Write as _;

use crate::condition::Condition;
use crate::substitute::Template;

/// A value written in a definition; hashes keep their order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Nil,
    Bool(bool),
    /// The JSON text of the number.
    Number(String),
    Text(Template),
    List(Vec<Value>),
    Hash(Vec<(String, Value)>),
}

/// One expression of a definition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// What is written in front: `sequence`, `build_image`.
    pub(crate) name: String,
    /// What follows it, as it is sent to a participant.
    pub(crate) attributes: Vec<(String, Value)>,
    pub(crate) guard: Guard,
    pub(crate) tag: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) at: Place,
}

/// A place in the text, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// Whether a step is done or passed over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Guard {
    Always,
    If(Condition),
    Unless(Condition),
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Sequence(Vec<Step>),
    Cursor { break_if: Option<Condition>, rewind_if: Option<Condition>, steps: Vec<Step> },
    Define { name: String, revision: Value, steps: Vec<Step> },
    Call { sub_process: String },
    Set { target: Target, value: Value },
    CancelProcess,
    Participant { name: String, forget: bool, ref_last: bool },
}

/// What `set` sets.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    Field(Template),
    Variable(String),
}

impl Step {
    pub(crate) fn children(&self) -> &[Step] {
        match &self.kind {
            Kind::Sequence(steps) | Kind::Cursor { steps, .. } | Kind::Define { steps, .. } => steps,
            Kind::Call { .. } | Kind::Set { .. } | Kind::CancelProcess | Kind::Participant { .. } => &[],
        }
    }

    /// Calls `see` with this step and everything below it.
    pub(crate) fn walk<'a>(&'a self, see: &mut impl FnMut(&'a Step)) {
        see(self);
        self.children().iter().for_each(|child| child.walk(see));
    }

    /// Finds the step at the end of a path of child numbers.
    pub(crate) fn descend(&self, path: &[usize]) -> Option<&Step> {
        path.iter().try_fold(self, |step, place| step.children().get(*place))
    }
}

/// The engine's name of a place in the tree: `0_1_0`.
pub(crate) fn expid(path: &[usize]) -> String {
    path.iter().fold(String::from("0"), |mut text, place| {
        let _ = write!(text, "_{place}");
        text
    })
}
