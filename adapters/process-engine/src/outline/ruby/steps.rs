//! The steps of a Ruby definition: every call of a method on nothing.

use lib_ruby_parser::nodes::{Block, Numblock, Send};
use lib_ruby_parser::traverse::visitor::{Visitor, visit_block, visit_numblock, visit_send};
use lib_ruby_parser::{Loc, Node};

use super::values::attributes;
use crate::definition::DefinitionError;
use crate::outline::branch::Branch;
use crate::outline::lines::Lines;
use crate::read::Source;
use crate::words;

/// Gathers steps wherever Ruby may put them: in branches of an `if`, in loops, behind modifiers.
pub(super) struct Steps<'a> {
    source: Source<'a>,
    lines: Lines<'a>,
    /// The steps of the block that is being read, inside of those around it.
    open: Vec<Branch>,
    wrong: Option<DefinitionError>,
}

impl<'a> Steps<'a> {
    /// Reads `Ruote.define … do … end`.
    pub(super) fn definition(
        source: Source<'a>,
        text: &'a str,
        node: &Node,
    ) -> Result<Branch, DefinitionError> {
        let (call, body) = match node {
            Node::Block(block) => (&*block.call, block.body.as_deref()),
            call => (call, None),
        };
        let Node::Send(call) = call else { unreachable!("the caller asked for a call") };
        let mut steps = Steps { source, lines: Lines::of(text), open: Vec::new(), wrong: None };
        steps.open.push(steps.branch("define", call));
        body.into_iter().for_each(|body| steps.visit(body));
        match steps.wrong {
            Some(wrong) => Err(wrong),
            None => Ok(steps.open.pop().expect("what was opened was closed")),
        }
    }

    fn branch(&self, name: &str, call: &Send) -> Branch {
        let attributes =
            call.args.iter().flat_map(|node| attributes(self.source, &self.lines, node)).collect();
        let at = self.lines.place(call.expression_l.begin);
        Branch { name: name.into(), attributes, children: Vec::new(), at }
    }

    /// Takes a call on nothing for a step, with what stands in its block.
    fn step(&mut self, call: &Send, body: Option<&Node>) {
        let name = call.method_name.trim_start_matches('_');
        if words::is_kernel(&call.method_name) {
            let message = format!(
                "`{name}` is a method of Ruby, so the engine would make no step of it: write `_{name}`, or `participant '{name}'`"
            );
            self.refuse(&call.expression_l, message);
            return;
        }
        call.args.iter().for_each(|node| self.visit(node));
        self.open.push(self.branch(name, call));
        body.into_iter().for_each(|body| self.visit(body));
        let done = self.open.pop().expect("it was just opened");
        self.open.last_mut().expect("the process is around it").children.push(done);
    }

    fn refuse(&mut self, loc: &Loc, message: String) {
        let source = self.source;
        self.wrong.get_or_insert_with(|| source.fail(loc, message));
    }
}

impl Visitor for Steps<'_> {
    fn on_block(&mut self, block: &Block) {
        match &*block.call {
            Node::Lambda(_) => {}
            Node::Send(call) if is_value(call) => {}
            Node::Send(call) if is_step(call) => self.step(call, block.body.as_deref()),
            _ => visit_block(self, block),
        }
    }

    fn on_numblock(&mut self, block: &Numblock) {
        match &*block.call {
            Node::Send(call) if is_value(call) => {}
            Node::Send(call) if is_step(call) => self.step(call, Some(&block.body)),
            _ => visit_numblock(self, block),
        }
    }

    fn on_send(&mut self, call: &Send) {
        match call.recv.as_deref() {
            _ if is_value(call) => call.args.iter().for_each(|node| self.visit(node)),
            _ if is_step(call) => self.step(call, None),
            Some(Node::Send(step)) if is_step(step) && step.args.is_empty() && call.dot_l.is_some() => {
                let message =
                    "this is a call in Ruby, not a step: write `participant 'a.b'` for names with a dot";
                self.refuse(&call.expression_l, message.into());
            }
            _ => visit_send(self, call),
        }
    }
}

/// What the engine's definition gets to see as a call of a method it does not have.
fn is_step(call: &Send) -> bool {
    let name = call.method_name.as_str();
    let letters = name.chars().all(|letter| letter.is_alphanumeric() || "_?!".contains(letter));
    letters && matches!(call.recv.as_deref(), None | Some(Node::Self_(_)))
}

fn is_value(call: &Send) -> bool {
    match call.recv.as_deref() {
        None => words::is_value(&call.method_name),
        Some(Node::Const(class)) => class.name == "Proc" && call.method_name == "new",
        _ => false,
    }
}
