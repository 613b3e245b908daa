//! The words that mean something to the Ruote engine or to Ruby.

/// The expressions of the engine (ruote 2.3, every `fe_*.rb`): whatever else a step is called is a name.
const EXPRESSIONS: &[&str] = &[
    "add_branch",
    "add_branches",
    "apply",
    "as_soon_as",
    "await",
    "back",
    "break",
    "cancel",
    "cancel_process",
    "citerator",
    "concurrence",
    "concurrent_iterator",
    "continue",
    "cron",
    "cursor",
    "dec",
    "decrement",
    "define",
    "echo",
    "equals",
    "error",
    "every",
    "filter",
    "forget",
    "given",
    "if",
    "inc",
    "increment",
    "intercept",
    "iterator",
    "jump",
    "kill",
    "kill_process",
    "let",
    "listen",
    "loop",
    "lose",
    "noop",
    "of",
    "on_error",
    "once",
    "over",
    "participant",
    "pop",
    "process_definition",
    "push",
    "read",
    "receive",
    "redo",
    "ref",
    "registerp",
    "repeat",
    "reserve",
    "reset",
    "restore",
    "rewind",
    "rset",
    "save",
    "sequence",
    "set",
    "skip",
    "sleep",
    "stall",
    "stop",
    "subprocess",
    "terminate",
    "that",
    "undo",
    "unregisterp",
    "unset",
    "wait",
    "when",
    "workflow_definition",
];

/// What a handler may say beside a name.
const HANDLERS: &[&str] = &["", "redo", "retry", "undo", "pass", "cancel", "cando", "raise", "timeout"];

/// What moves a cursor; a handler may say these, with or without a step to go to.
const COMMANDS: &[&str] = &["skip", "back", "jump", "rewind", "continue", "break", "stop", "over", "reset"];

/// Methods Ruby has everywhere, also in a definition: the engine would run these and make no step of them.
const KERNEL: &[&str] = &[
    "abort",
    "at_exit",
    "autoload",
    "binding",
    "caller",
    "catch",
    "eval",
    "exec",
    "exit",
    "fail",
    "fork",
    "gem",
    "gets",
    "j",
    "jj",
    "load",
    "loop",
    "open",
    "p",
    "pp",
    "print",
    "printf",
    "putc",
    "puts",
    "raise",
    "readline",
    "readlines",
    "require",
    "require_relative",
    "select",
    "sleep",
    "spawn",
    "srand",
    "syscall",
    "system",
    "test",
    "throw",
    "trap",
    "warn",
];

/// Methods of Ruby that only give a value.
const VALUES: &[&str] =
    &["Array", "Float", "Hash", "Integer", "String", "format", "lambda", "proc", "rand", "sprintf"];

pub(crate) fn is_expression(name: &str) -> bool {
    EXPRESSIONS.contains(&name)
}

/// A process or sub-process begins here.
pub(crate) fn is_define(name: &str) -> bool {
    matches!(name, "define" | "process_definition" | "workflow_definition")
}

/// What a handler says is no name.
pub(crate) fn is_handling(handler: &str) -> bool {
    let first = handler.split(' ').next().unwrap_or_default();
    HANDLERS.contains(&handler) || COMMANDS.contains(&first)
}

pub(crate) fn is_kernel(name: &str) -> bool {
    KERNEL.contains(&name)
}

pub(crate) fn is_value(name: &str) -> bool {
    VALUES.contains(&name)
}
