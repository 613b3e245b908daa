//! From Ruby text to the tree of a definition.

mod arguments;
mod check;
mod steps;

use lib_ruby_parser::nodes::Send;
use lib_ruby_parser::source::DecodedInput;
use lib_ruby_parser::{Loc, Node, Parser, ParserOptions};

use self::arguments::Arguments;
pub(crate) use self::arguments::text;
use self::steps::Steps;
use crate::definition::{Definition, DefinitionError};
use crate::tree::{Guard, Kind, Place, Step, Value};

/// Reads a definition; the caller guards against what the parser may do.
pub(crate) fn definition(text: &str) -> Result<Definition, DefinitionError> {
    let options = ParserOptions { record_tokens: false, ..ParserOptions::default() };
    let parsed = Parser::new(text.as_bytes().to_vec(), options).do_parse();
    let source = Source::new(&parsed.input);
    if let Some(wrong) = parsed.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
        return Err(source.fail(&wrong.loc, format!("this is not Ruby: {}", wrong.render_message())));
    }
    let Some(ast) = &parsed.ast else {
        return Err(DefinitionError::at(
            Place { line: 1, column: 1 },
            "",
            "there is no process definition here",
        ));
    };
    let definition = source.process(ast)?;
    check::check(&definition)?;
    Ok(definition)
}

/// The first line of a sub-process.
struct Head<'a> {
    name: String,
    revision: Value,
    body: Option<&'a Node>,
    at: Place,
}

/// The text, to say where in it something is.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    input: &'a DecodedInput,
}

impl<'a> Source<'a> {
    pub(super) fn new(input: &'a DecodedInput) -> Source<'a> {
        Source { input }
    }

    /// Reads `Ruote.process_definition 'name' do … end`.
    fn process(self, node: &Node) -> Result<Definition, DefinitionError> {
        const FORM: &str =
            "a process definition is `Ruote.process_definition 'name' do … end` with nothing around it";
        let Node::Block(block) = node else { return Err(self.fail(node.expression(), FORM)) };
        let Node::Send(call) = &*block.call else { return Err(self.fail(node.expression(), FORM)) };
        let on_ruote = matches!(call.recv.as_deref(), Some(Node::Const(ruote)) if ruote.name == "Ruote" && ruote.scope.is_none());
        if !on_ruote
            || !matches!(call.method_name.as_str(), "process_definition" | "define")
            || block.args.is_some()
        {
            return Err(self.fail(node.expression(), FORM));
        }
        let mut arguments = Arguments::read(self, &call.args)?;
        let (name, revision) = self.title(&mut arguments)?;
        arguments.none_left(self, "a process definition")?;
        let children = self.body(block.body.as_deref())?;
        let root = plain_step("sequence", Kind::Sequence(children), self.place(node.expression()));
        Ok(Definition { name, revision, root })
    }

    /// Takes the name and the revision of a process or sub-process.
    fn title(self, arguments: &mut Arguments<'_>) -> Result<(Option<String>, Value), DefinitionError> {
        let name = match arguments.take_text() {
            Some(text) => Some(text),
            None => arguments.take_literal(self, "name")?,
        };
        let revision = arguments.take(&["revision", "rev"]).map_or(Value::Nil, |argument| argument.value);
        Ok((name, revision))
    }

    /// Reads the steps of a process: its `define`s come to the front, as the Ruote engine puts them.
    fn body(self, body: Option<&Node>) -> Result<Vec<Step>, DefinitionError> {
        let (defines, others): (Vec<_>, Vec<_>) =
            statements(body).into_iter().partition(|node| is_define(node));
        let heads = defines.into_iter().map(|node| self.head(node)).collect::<Result<Vec<_>, _>>()?;
        let reader = Steps { source: self, defined: heads.iter().map(|head| head.name.as_str()).collect() };
        let mut children = Vec::new();
        for head in &heads {
            let steps = reader.steps(head.body, 1)?;
            let kind = Kind::Define { name: head.name.clone(), revision: head.revision.clone(), steps };
            children.push(plain_step("define", kind, head.at));
        }
        for node in others {
            children.push(reader.step(node, 1)?);
        }
        Ok(children)
    }

    /// Reads the first line of `define 'name' do … end`.
    fn head(self, node: &Node) -> Result<Head<'_>, DefinitionError> {
        let Some((call, Some(body))) = call(node) else {
            return Err(self.fail(node.expression(), "`define` has no `do … end`"));
        };
        let mut arguments = Arguments::read(self, &call.args)?;
        let (name, revision) = self.title(&mut arguments)?;
        arguments.none_left(self, "`define`")?;
        let name = name.ok_or_else(|| self.fail(node.expression(), "this `define` has no name"))?;
        if steps::is_taken(&name) {
            return Err(self.fail(node.expression(), format!("`{name}` means something else to the engine")));
        }
        Ok(Head { name, revision, body, at: self.place(node.expression()) })
    }

    pub(super) fn fail(self, loc: &Loc, message: impl Into<String>) -> DefinitionError {
        let text = self.text(loc);
        DefinitionError::at(self.place(loc), &text, message)
    }

    pub(super) fn text(self, loc: &Loc) -> String {
        let bytes = self.input.as_shared_bytes();
        let end = loc.end.min(bytes.len());
        String::from_utf8_lossy(&bytes[loc.begin.min(end)..end]).into_owned()
    }

    pub(super) fn place(self, loc: &Loc) -> Place {
        let bytes = self.input.as_shared_bytes();
        let before = String::from_utf8_lossy(&bytes[..loc.begin.min(bytes.len())]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Place { line: small(line), column: small(column) }
    }
}

/// The call of a method on nothing, and what stands in its block; `None` for all other Ruby.
fn call(node: &Node) -> Option<(&Send, Option<Option<&Node>>)> {
    let (call, body) = match node {
        Node::Send(call) => (call, None),
        Node::Block(block) if block.args.is_none() => match &*block.call {
            Node::Send(call) => (call, Some(block.body.as_deref())),
            _ => return None,
        },
        _ => return None,
    };
    call.recv.is_none().then_some((call, body))
}

fn statements(body: Option<&Node>) -> Vec<&Node> {
    match body {
        None => Vec::new(),
        Some(Node::Begin(begin)) if begin.begin_l.is_none() => begin.statements.iter().collect(),
        Some(node) => vec![node],
    }
}

fn is_define(node: &Node) -> bool {
    call(node).is_some_and(|(call, _)| matches!(call.method_name.as_str(), "define" | "process_definition"))
}

fn plain_step(name: &str, kind: Kind, at: Place) -> Step {
    Step { name: name.into(), attributes: Vec::new(), guard: Guard::Always, tag: None, kind, at }
}
