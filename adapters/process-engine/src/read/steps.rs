//! The steps of a process.

use lib_ruby_parser::Node;

use super::arguments::{Argument, Arguments};
use super::{Source, call, statements};
use crate::definition::DefinitionError;
use crate::substitute::Template;
use crate::tree::{Kind, Step, Target, Value};
use crate::words;

const KNOWN: &str =
    "this engine runs sequence, cursor, define, set, cancel_process, terminate and participants";

/// How deep steps may be nested.
const DEEPEST: usize = 64;

/// The expressions of the Ruote engine that this one runs too.
const RUN: &[&str] = &["sequence", "cursor", "define", "set", "cancel_process", "terminate", "participant"];

/// What the Ruote engine looks at on every step, and this one does not.
const RUOTE_ATTRIBUTES: &[&str] = &[
    "await",
    "filter",
    "flank",
    "lose",
    "on_cancel",
    "on_error",
    "on_re_apply",
    "on_reply",
    "on_terminate",
    "on_timeout",
    "scope",
    "timeout",
    "timers",
    "vars_to_f",
];

/// Reads steps, knowing which sub-processes there are.
pub(super) struct Steps<'a> {
    pub(super) source: Source<'a>,
    pub(super) defined: Vec<&'a str>,
}

impl Steps<'_> {
    pub(super) fn steps(&self, body: Option<&Node>, depth: usize) -> Result<Vec<Step>, DefinitionError> {
        statements(body).into_iter().map(|node| self.step(node, depth)).collect()
    }

    pub(super) fn step(&self, node: &Node, depth: usize) -> Result<Step, DefinitionError> {
        let source = self.source;
        if depth > DEEPEST {
            return Err(source.fail(node.expression(), format!("steps are nested deeper than {DEEPEST}")));
        }
        let Some((call, body)) = call(node) else {
            return Err(self.unknown(node, &source.text(node.expression())));
        };
        let name = call.method_name.clone();
        if is_taken(&name) && !RUN.contains(&name.as_str()) || !is_name(&name) {
            return Err(self.unknown(node, &name));
        }
        let mut arguments = Arguments::read(source, &call.args)?;
        let attributes = arguments.attributes();
        if let Some(argument) = arguments.find(RUOTE_ATTRIBUTES) {
            let message = "of what a step can be told, this engine knows if, unless, tag and, for a participant, forget";
            return Err(source.fail(argument.loc, format!("cannot run `:{}`: {message}", argument.name)));
        }
        let guard = arguments.take_guard(source)?;
        let tag = arguments.take_literal(source, "tag")?;
        let kind = self.kind(node, &name, body, &mut arguments, depth)?;
        arguments.none_left(source, &format!("`{name}`"))?;
        Ok(Step { name, attributes, guard, tag, kind, at: source.place(node.expression()) })
    }

    fn kind(
        &self,
        node: &Node,
        name: &str,
        body: Option<Option<&Node>>,
        arguments: &mut Arguments<'_>,
        depth: usize,
    ) -> Result<Kind, DefinitionError> {
        let fail = |message: String| Err(self.source.fail(node.expression(), message));
        match (name, body) {
            ("sequence", Some(body)) => Ok(Kind::Sequence(self.steps(body, depth + 1)?)),
            ("cursor", Some(body)) => Ok(Kind::Cursor {
                break_if: arguments.take_condition(self.source, "break_if")?,
                rewind_if: arguments.take_condition(self.source, "rewind_if")?,
                steps: self.steps(body, depth + 1)?,
            }),
            ("sequence" | "cursor", None) => fail(format!("`{name}` has no `do … end`")),
            ("define", _) => fail("`define` has to stand directly in the process definition".into()),
            (_, Some(_)) => fail(format!("cannot run `{name}` with a block")),
            ("set", None) => self.set(node, arguments),
            ("cancel_process" | "terminate", None) => Ok(Kind::CancelProcess),
            ("participant", None) => self.participant(node, arguments),
            (name, None) if self.defined.contains(&name) => Ok(Kind::Call { sub_process: name.into() }),
            (name, None) => {
                let forget = self.forget(arguments)?;
                arguments.take_rest();
                Ok(Kind::Participant { name: name.into(), forget, ref_last: true })
            }
        }
    }

    /// Reads `participant :ref => 'name'` and `participant 'name'`.
    fn participant(&self, node: &Node, arguments: &mut Arguments<'_>) -> Result<Kind, DefinitionError> {
        let forget = self.forget(arguments)?;
        let name = match arguments.take_literal(self.source, "ref")? {
            Some(name) => Some(name),
            None => arguments.take_text(),
        };
        arguments.take_rest();
        let name = name.filter(|name| !name.is_empty());
        let name =
            name.ok_or_else(|| self.source.fail(node.expression(), "this `participant` has no name"))?;
        Ok(Kind::Participant { name, forget, ref_last: false })
    }

    fn forget(&self, arguments: &mut Arguments<'_>) -> Result<bool, DefinitionError> {
        let Some(argument) = arguments.take(&["forget"]) else { return Ok(false) };
        match &argument.value {
            Value::Bool(forget) => Ok(*forget),
            Value::Text(text) if text.source == "true" => Ok(true),
            _ => Err(self.source.fail(argument.loc, "`:forget` is true or false")),
        }
    }

    /// Reads `set :f => 'x', :value => 1` and `set 'f:x' => 1`.
    fn set(&self, node: &Node, arguments: &mut Arguments<'_>) -> Result<Kind, DefinitionError> {
        let value = |arguments: &mut Arguments<'_>| {
            arguments.take(&["value", "val"]).map_or(Value::Nil, |it| it.value)
        };
        if let Some(argument) = arguments.take(&["f", "fld", "field"]) {
            let Value::Text(target) = argument.value else {
                return Err(self.source.fail(argument.loc, "the name of a field is a text"));
            };
            return Ok(Kind::Set { target: Target::Field(target), value: value(arguments) });
        }
        if let Some(argument) = arguments.take(&["v", "var", "variable"]) {
            let Value::Text(name) = &argument.value else {
                return Err(self.source.fail(argument.loc, "the name of a variable is a text"));
            };
            let target = self.variable(&argument, &name.source)?;
            return Ok(Kind::Set { target, value: value(arguments) });
        }
        let Some(argument) = arguments.take_keyed() else {
            return Err(self.source.fail(node.expression(), "this `set` does not say what to set"));
        };
        let target = match argument.name.split_once(':') {
            None => field(&argument.name),
            Some(("f" | "fld" | "field", name)) => field(name),
            Some(("v" | "var" | "variable", name)) => self.variable(&argument, name)?,
            Some(_) => {
                return Err(self
                    .source
                    .fail(argument.loc, "only fields, `f:`, and variables, `v:`, can be set"));
            }
        };
        Ok(Kind::Set { target, value: argument.value })
    }

    fn variable(&self, argument: &Argument<'_>, name: &str) -> Result<Target, DefinitionError> {
        if self.defined.contains(&name) || !is_name(name) {
            let message = format!("`{name}` cannot be the name of a variable here");
            return Err(self.source.fail(argument.loc, message));
        }
        Ok(Target::Variable(name.into()))
    }

    fn unknown(&self, node: &Node, name: &str) -> DefinitionError {
        let name: String = name.lines().next().unwrap_or_default().chars().take(40).collect();
        self.source.fail(node.expression(), format!("cannot run `{name}`: {KNOWN}"))
    }
}

fn field(name: &str) -> Target {
    Target::Field(Template::parse(name).expect("keys with a dollar brace were refused"))
}

/// A word that means something to the Ruote engine itself; what is taken in Ruby is written with a `_` before it.
pub(super) fn is_taken(name: &str) -> bool {
    words::is_expression(name.trim_start_matches('_'))
}

/// A word a step or a variable can be called by.
fn is_name(name: &str) -> bool {
    let letters = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    letters && name.starts_with(|first: char| first.is_lowercase() || first == '_')
}
