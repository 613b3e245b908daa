//! Definitions in Ruby, which the engine runs as a program.

mod forbidden;
mod steps;
mod values;

use lib_ruby_parser::{Node, Parser, ParserOptions};

use self::steps::Steps;
use super::at_start;
use super::branch::Branch;
use crate::definition::DefinitionError;
use crate::read::Source;

const NO_DEFINITION: &str = "this is no process definition: Ruby text has to end with \
                             `Ruote.process_definition 'name' do … end`, and the engine would run it as a program";

/// Finds the definition a Ruby text ends with.
pub(super) fn branch(text: &str) -> Result<Branch, DefinitionError> {
    let options = ParserOptions { record_tokens: false, ..ParserOptions::default() };
    let parsed = Parser::new(text.as_bytes().to_vec(), options).do_parse();
    let source = Source::new(&parsed.input);
    if let Some(wrong) = parsed.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
        return Err(source.fail(&wrong.loc, format!("this is not Ruby: {}", wrong.render_message())));
    }
    let ast = parsed.ast.as_deref().ok_or_else(|| at_start(text, NO_DEFINITION))?;
    forbidden::check(source, ast)?;
    let statements = match ast {
        Node::Begin(begin) => begin.statements.as_slice(),
        node => std::slice::from_ref(node),
    };
    Ruby { source, text }.definition(statements)
}

#[derive(Clone, Copy)]
struct Ruby<'a> {
    source: Source<'a>,
    text: &'a str,
}

impl Ruby<'_> {
    /// Reads the definition that is the value of the last statement.
    fn definition(self, statements: &[Node]) -> Result<Branch, DefinitionError> {
        let Some((last, before)) = statements.split_last() else {
            return Err(at_start(self.text, NO_DEFINITION));
        };
        match last {
            Node::Block(block) if is_definition(&block.call) => {
                Steps::definition(self.source, self.text, last)
            }
            call if is_definition(call) => Steps::definition(self.source, self.text, call),
            Node::Begin(begin) if !begin.statements.is_empty() => self.definition(&begin.statements),
            Node::Lvasgn(assigned) if assigned.value.is_some() => self.value(assigned.value.as_deref()),
            Node::Casgn(assigned) if assigned.value.is_some() => self.value(assigned.value.as_deref()),
            Node::Lvar(variable) => self.value(before.iter().rev().find_map(|statement| match statement {
                Node::Lvasgn(assigned) if assigned.name == variable.name => assigned.value.as_deref(),
                _ => None,
            })),
            other => Err(self.source.fail(other.expression(), NO_DEFINITION)),
        }
    }

    fn value(self, node: Option<&Node>) -> Result<Branch, DefinitionError> {
        self.definition(node.map(std::slice::from_ref).unwrap_or_default())
    }
}

/// `Ruote.process_definition`, `Ruote.define`
fn is_definition(node: &Node) -> bool {
    let Node::Send(call) = node else { return false };
    let on_ruote = matches!(call.recv.as_deref(), Some(Node::Const(ruote)) if ruote.name == "Ruote");
    on_ruote && matches!(call.method_name.as_str(), "process_definition" | "define")
}
