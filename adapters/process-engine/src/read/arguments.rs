//! What stands behind the name of a step.

use lib_ruby_parser::{Loc, Node};

use super::Source;
use crate::condition::Condition;
use crate::definition::DefinitionError;
use crate::ruby;
use crate::substitute::Template;
use crate::tree::{Guard, Value};

/// How deep lists and hashes may be nested.
const DEEPEST: usize = 64;

/// Attributes in the order they were written; those that mean something are taken out one by one.
pub(super) struct Arguments<'a>(Vec<Argument<'a>>);

/// One attribute; a text without a key has no value, as in the Ruote engine.
#[derive(Clone)]
pub(super) struct Argument<'a> {
    pub(super) name: String,
    pub(super) value: Value,
    pub(super) keyed: bool,
    pub(super) loc: &'a Loc,
}

impl<'a> Arguments<'a> {
    pub(super) fn read(source: Source<'_>, nodes: &'a [Node]) -> Result<Arguments<'a>, DefinitionError> {
        let mut all: Vec<Argument<'a>> = Vec::new();
        for node in nodes {
            let pairs = match node {
                Node::Kwargs(kwargs) => &kwargs.pairs,
                Node::Hash(hash) => &hash.pairs,
                text => {
                    let name = key(source, text)?;
                    all.push(Argument { name, value: Value::Nil, keyed: false, loc: text.expression() });
                    continue;
                }
            };
            for pair in pairs {
                let (name, value) = read_pair(source, pair, 0)?;
                all.push(Argument { name, value, keyed: true, loc: pair.expression() });
            }
        }
        if let Some(second) = all.iter().filter(|argument| !argument.keyed).nth(1) {
            return Err(source.fail(second.loc, "a step takes one text without a key"));
        }
        for (place, argument) in all.iter().enumerate() {
            if all[..place].iter().any(|earlier| earlier.name == argument.name) {
                return Err(source.fail(argument.loc, format!("`{}` is given twice", argument.name)));
            }
        }
        Ok(Arguments(all))
    }

    /// Everything that is left, as a participant gets it.
    pub(super) fn attributes(&self) -> Vec<(String, Value)> {
        self.0.iter().map(|argument| (argument.name.clone(), argument.value.clone())).collect()
    }

    /// Takes the first of these attributes that is there.
    pub(super) fn take(&mut self, names: &[&str]) -> Option<Argument<'a>> {
        let is = |argument: &Argument<'_>| argument.keyed && names.contains(&argument.name.as_str());
        let place = self.0.iter().position(is)?;
        Some(self.0.remove(place))
    }

    /// Takes the text without a key.
    pub(super) fn take_text(&mut self) -> Option<String> {
        let place = self.0.iter().position(|argument| !argument.keyed)?;
        Some(self.0.remove(place).name)
    }

    /// Takes an attribute whose value is a text with nothing to put in.
    pub(super) fn take_literal(
        &mut self,
        source: Source<'_>,
        name: &str,
    ) -> Result<Option<String>, DefinitionError> {
        let Some(argument) = self.take(&[name]) else { return Ok(None) };
        match &argument.value {
            Value::Text(text) if text.literal().is_some_and(|text| !text.is_empty()) => {
                Ok(Some(text.source.clone()))
            }
            _ => Err(source.fail(argument.loc, format!("`:{name}` has to be a plain text"))),
        }
    }

    pub(super) fn take_condition(
        &mut self,
        source: Source<'_>,
        name: &str,
    ) -> Result<Option<Condition>, DefinitionError> {
        let Some(argument) = self.take(&[name]) else { return Ok(None) };
        let Value::Text(text) = &argument.value else {
            return Err(source.fail(argument.loc, format!("the condition `:{name}` has to be a text")));
        };
        Condition::parse(&text.source).map(Some).map_err(|message| source.fail(argument.loc, message))
    }

    pub(super) fn take_guard(&mut self, source: Source<'_>) -> Result<Guard, DefinitionError> {
        let loc = self.0.iter().find(|argument| argument.name == "unless").map(|argument| argument.loc);
        match (self.take_condition(source, "if")?, self.take_condition(source, "unless")?) {
            (None, None) => Ok(Guard::Always),
            (Some(condition), None) => Ok(Guard::If(condition)),
            (None, Some(condition)) => Ok(Guard::Unless(condition)),
            (Some(_), Some(_)) => {
                let loc = loc.expect("it was just taken");
                Err(source
                    .fail(loc, "the Ruote engine does not look at `:unless` beside `:if`: write one of them"))
            }
        }
    }

    /// Refuses whatever was not taken.
    pub(super) fn none_left(&self, source: Source<'_>, of: &str) -> Result<(), DefinitionError> {
        match self.0.first() {
            None => Ok(()),
            Some(argument) if argument.keyed => {
                Err(source.fail(argument.loc, format!("cannot run {of} with `:{}`", argument.name)))
            }
            Some(argument) => {
                Err(source.fail(argument.loc, format!("cannot run {of} with a text of its own")))
            }
        }
    }

    /// Takes the next attribute with a key.
    pub(super) fn take_keyed(&mut self) -> Option<Argument<'a>> {
        let place = self.0.iter().position(|argument| argument.keyed)?;
        Some(self.0.remove(place))
    }

    /// Takes everything: it is for the participant, not for us.
    pub(super) fn take_rest(&mut self) {
        self.0.clear();
    }

    pub(super) fn find(&self, names: &[&str]) -> Option<&Argument<'a>> {
        self.0.iter().find(|argument| names.contains(&argument.name.as_str()))
    }
}

fn read_pair(source: Source<'_>, node: &Node, depth: usize) -> Result<(String, Value), DefinitionError> {
    let Node::Pair(pair) = node else { return Err(not_plain(source, node)) };
    Ok((key(source, &pair.key)?, value(source, &pair.value, depth)?))
}

fn key(source: Source<'_>, node: &Node) -> Result<String, DefinitionError> {
    let Some(text) = text(node) else { return Err(not_plain(source, node)) };
    if text.contains("${") {
        return Err(source.fail(node.expression(), "`${` has no meaning here, only in values"));
    }
    Ok(text)
}

fn value(source: Source<'_>, node: &Node, depth: usize) -> Result<Value, DefinitionError> {
    if depth > DEEPEST {
        return Err(source.fail(node.expression(), format!("values are nested deeper than {DEEPEST}")));
    }
    match node {
        Node::Nil(_) => Ok(Value::Nil),
        Node::True(_) => Ok(Value::Bool(true)),
        Node::False(_) => Ok(Value::Bool(false)),
        Node::Int(int) => integer(&int.value).map(Value::Number).ok_or_else(|| not_plain(source, node)),
        Node::Float(float) => real(&float.value).map(Value::Number).ok_or_else(|| not_plain(source, node)),
        Node::Array(array) => array
            .elements
            .iter()
            .map(|node| value(source, node, depth + 1))
            .collect::<Result<_, _>>()
            .map(Value::List),
        Node::Hash(hash) => hash
            .pairs
            .iter()
            .map(|node| read_pair(source, node, depth + 1))
            .collect::<Result<_, _>>()
            .map(Value::Hash),
        _ => {
            let text = text(node).ok_or_else(|| not_plain(source, node))?;
            let template =
                Template::parse(&text).map_err(|message| source.fail(node.expression(), message))?;
            Ok(Value::Text(template))
        }
    }
}

/// A text or symbol without Ruby in it.
pub(crate) fn text(node: &Node) -> Option<String> {
    match node {
        Node::Str(text) => text.value.to_string().ok(),
        Node::Sym(symbol) => symbol.name.to_string().ok(),
        Node::Dstr(parts) => {
            parts.parts.iter().map(|part| matches!(part, Node::Str(_)).then(|| text(part))?).collect()
        }
        _ => None,
    }
}

fn integer(text: &str) -> Option<String> {
    let text = text.replace('_', "");
    let text = text.trim_start_matches('+');
    let digits = text.trim_start_matches('-');
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let octal = digits.len() > 1 && digits.starts_with('0');
    (plain && !octal).then(|| ruby::number(text))
}

fn real(text: &str) -> Option<String> {
    let value: f64 = text.replace('_', "").parse().ok()?;
    value.is_finite().then(|| ruby::float(value))
}

fn not_plain(source: Source<'_>, node: &Node) -> DefinitionError {
    let text = source.text(node.expression());
    let message = "is no plain value: this engine reads texts without #{}, symbols, decimal numbers, true, false, nil, lists and hashes";
    source.fail(node.expression(), format!("`{}` {message}", text.lines().next().unwrap_or_default()))
}
