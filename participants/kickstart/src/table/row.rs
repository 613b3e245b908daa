//! The shape of a row: a name, how many plain arguments, and which options.

/// Who understands a command or an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Current pykickstart, and mic, which stands on it.
    Stock,
    /// Only mic (any of its families).
    Mic,
    /// Only older installers: current ones refuse it.
    Past,
}

/// What an option wants after its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Flag,
    /// Any text.
    Text,
    /// Text, or nothing.
    Optional,
    /// A whole number of zero or more.
    Number,
    /// A whole number, negative ones included.
    Integer,
    /// Texts with commas between them.
    List,
    /// Yes or no, in any of pykickstart's spellings.
    YesNo,
    /// One of these.
    Choice(&'static [&'static str]),
}

/// One option of a command or a section.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opt {
    /// The name with its two dashes.
    pub name: &'static str,
    /// What follows the name.
    pub value: Value,
    /// Whether the command means nothing without it.
    pub needed: bool,
    /// Who understands it.
    pub dialect: Dialect,
}

/// One command or section.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The name, with the percent sign of a section.
    pub name: &'static str,
    /// The fewest and the most plain arguments it takes.
    pub arguments: (usize, usize),
    /// The options it takes.
    pub options: &'static [Opt],
    /// At least one of these options must be given, unless empty.
    pub one_of: &'static [&'static str],
    /// Whether its words go to another program, so that any option is right.
    pub free: bool,
    /// Who understands it.
    pub dialect: Dialect,
}

/// No plain arguments.
pub(super) const NONE: (usize, usize) = (0, 0);
/// Any number of plain arguments.
pub(super) const ANY: (usize, usize) = (0, usize::MAX);

impl Row {
    pub(super) const fn new(name: &'static str, arguments: (usize, usize), options: &'static [Opt]) -> Row {
        Row { name, arguments, options, one_of: &[], free: false, dialect: Dialect::Stock }
    }
    pub(super) const fn free(self) -> Row {
        Row { free: true, ..self }
    }
    pub(super) const fn one_of(self, one_of: &'static [&'static str]) -> Row {
        Row { one_of, ..self }
    }
    pub(super) const fn mic(self) -> Row {
        Row { dialect: Dialect::Mic, ..self }
    }
    pub(super) const fn past(self) -> Row {
        Row { dialect: Dialect::Past, ..self }
    }
}

impl Opt {
    const fn new(name: &'static str, value: Value) -> Opt {
        Opt { name, value, needed: false, dialect: Dialect::Stock }
    }
    pub(super) const fn needed(self) -> Opt {
        Opt { needed: true, ..self }
    }
    pub(super) const fn mic(self) -> Opt {
        Opt { dialect: Dialect::Mic, ..self }
    }
    pub(super) const fn past(self) -> Opt {
        Opt { dialect: Dialect::Past, ..self }
    }
}

pub(super) const fn flag(name: &'static str) -> Opt {
    Opt::new(name, Value::Flag)
}
pub(super) const fn text(name: &'static str) -> Opt {
    Opt::new(name, Value::Text)
}
pub(super) const fn optional(name: &'static str) -> Opt {
    Opt::new(name, Value::Optional)
}
pub(super) const fn number(name: &'static str) -> Opt {
    Opt::new(name, Value::Number)
}
pub(super) const fn integer(name: &'static str) -> Opt {
    Opt::new(name, Value::Integer)
}
pub(super) const fn list(name: &'static str) -> Opt {
    Opt::new(name, Value::List)
}
pub(super) const fn yes_no(name: &'static str) -> Opt {
    Opt::new(name, Value::YesNo)
}
pub(super) const fn choice(name: &'static str, of: &'static [&'static str]) -> Opt {
    Opt::new(name, Value::Choice(of))
}
