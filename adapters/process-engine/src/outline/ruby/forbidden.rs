//! Ruby the engine refuses to run before it looks for a definition in it.

use lib_ruby_parser::nodes::{Alias, Const, Def, Defs, Gvar, Gvasgn, Module, Send, Xstr};
use lib_ruby_parser::traverse::visitor::{Visitor, visit_send};
use lib_ruby_parser::{Loc, Node};

use crate::definition::DefinitionError;
use crate::read::Source;

/// Classes that reach the engine's host (ruote's `treechecker.rb`).
const CLASSES: &[&str] = &["IO", "File", "FileUtils", "Process", "Signal", "Thread", "ThreadGroup"];

const CALLS: &[&str] = &[
    "abort",
    "exit",
    "exit!",
    "system",
    "fork",
    "syscall",
    "trap",
    "require",
    "load",
    "at_exit",
    "eval",
    "module_eval",
    "instance_eval",
    "instance_variable_get",
    "instance_variable_set",
    "raise",
    "throw",
];

/// Refuses what the engine's own check refuses.
pub(super) fn check(source: Source<'_>, ast: &Node) -> Result<(), DefinitionError> {
    let mut forbidden = Forbidden { source, wrong: None };
    forbidden.visit(ast);
    forbidden.wrong.map_or(Ok(()), Err)
}

struct Forbidden<'a> {
    source: Source<'a>,
    wrong: Option<DefinitionError>,
}

impl Forbidden<'_> {
    fn refuse(&mut self, loc: &Loc, what: &str) {
        let source = self.source;
        let message = format!("the engine takes no definition with {what} in it");
        self.wrong.get_or_insert_with(|| source.fail(loc, message));
    }
}

impl Visitor for Forbidden<'_> {
    fn on_alias(&mut self, node: &Alias) {
        self.refuse(&node.expression_l, "`alias`");
    }

    fn on_const(&mut self, node: &Const) {
        if CLASSES.contains(&node.name.as_str()) {
            self.refuse(&node.expression_l, &format!("`{}`", node.name));
        }
    }

    fn on_def(&mut self, node: &Def) {
        self.refuse(&node.expression_l, "`def`");
    }

    fn on_defs(&mut self, node: &Defs) {
        self.refuse(&node.expression_l, "`def`");
    }

    fn on_gvar(&mut self, node: &Gvar) {
        self.refuse(&node.expression_l, "a global variable");
    }

    fn on_gvasgn(&mut self, node: &Gvasgn) {
        self.refuse(&node.expression_l, "a global variable");
    }

    fn on_module(&mut self, node: &Module) {
        self.refuse(&node.expression_l, "`module`");
    }

    fn on_send(&mut self, node: &Send) {
        if CALLS.contains(&node.method_name.as_str()) {
            self.refuse(&node.expression_l, &format!("`{}`", node.method_name));
        }
        visit_send(self, node);
    }

    fn on_xstr(&mut self, node: &Xstr) {
        self.refuse(&node.expression_l, "a command in backquotes");
    }
}
